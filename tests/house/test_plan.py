"""The plan of the house, walked: sizes, doors, and registries that miss nothing."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.exchanges import EXCHANGES
from bot.metrics import METRICS
from bot.sentences import SENTENCES
from bot.settings import known_names
from bot.structure import STRUCTURE
from handlers.commands import COMMANDS

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "storage")
LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def sources() -> list[Path]:
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
    )


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_every_file_is_small_and_says_at_the_door_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= LONGEST_FILE
    tree = ast.parse(text)
    assert ast.get_docstring(tree), f"{name_of(path)} has no sentence at its door"
    for function in functions(tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        assert lines <= LONGEST_FUNCTION, f"{function.name} has {lines} lines"


@pytest.mark.parametrize(
    ("room", "registry"),
    [
        ("bot/exchanges", EXCHANGES),
        ("bot/metrics", METRICS),
        ("bot/sentences", SENTENCES),
        ("bot/structure", STRUCTURE),
        ("handlers/commands", COMMANDS),
    ],
)
def test_a_file_of_a_growing_room_is_registered_and_tested(
    room: str, registry: Mapping[str, object]
) -> None:
    registered = {(ROOT / room / f"{name}.py") for name in registry}
    missing = [name_of(path) for path in registered if not path.exists()]
    assert not missing, f"registered without a file of that name: {missing}"
    first_line = re.compile(r'"""')
    for path in registered:
        assert first_line.match(path.read_text())
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    untested = [name for name in registry if not re.search(rf"\b{name}\b", tests)]
    assert not untested, f"no test names: {untested}"


@pytest.mark.parametrize(
    ("room", "registry"),
    [
        ("bot/exchanges", EXCHANGES),
        ("bot/structure", STRUCTURE),
        ("handlers/commands", COMMANDS),
    ],
)
def test_no_dialect_source_or_command_is_left_out_of_its_registry(
    room: str, registry: Mapping[str, object]
) -> None:
    classes = [entry if isinstance(entry, type) else type(entry) for entry in registry.values()]
    defined = {each.__module__ for each in classes}
    for path in (ROOT / room).glob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        nodes = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.ClassDef)]
        if any(offers(node, room) for node in nodes):
            assert module in defined, f"{name_of(path)} is not registered"


def offers(node: ast.ClassDef, room: str) -> bool:
    """Whether a class looks like one of its room's own kind."""
    wanted = {
        "bot/exchanges": {"parse", "subscribe"},
        "bot/structure": {"questions", "read"},
        "handlers/commands": {"answer"},
    }[room]
    bases = {ast.unparse(base) for base in node.bases}
    methods = {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    return wanted <= methods and not {"Protocol", "ABC"} & bases


def test_the_env_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    assert named == set(known_names())


def test_only_one_file_reads_the_environment_and_one_asks_for_the_time() -> None:
    for path in sources():
        text = path.read_text()
        if name_of(path) != "bot/settings.py":
            assert "os.environ" not in text and "getenv" not in text, name_of(path)
        if name_of(path) != "bot/clock.py":
            assert not re.search(r"datetime\.now\(|utcnow\(|time\.time\(|time\.monotonic", text), (
                name_of(path)
            )


def test_broad_except_stands_in_three_places_only() -> None:
    broad = re.compile(r"except\s*(:|\(?\s*(Base)?Exception)")
    places = [
        name_of(path)
        for path in sources()
        if broad.search(text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    feed = [place for place in places if place.startswith("bot/feed/")]
    assert len(feed) <= 1
    assert sorted(set(places) - set(feed)) == [
        "bot/delivery/courier.py",
        "bot/story/dressing.py",
        "bot/supervise.py",
    ]
