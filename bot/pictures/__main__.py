"""``python -m bot.pictures``: a chart as JSON comes in, its PNG goes out; one process a picture."""

import sys

import msgspec

from bot.pictures.chart import Chart
from bot.pictures.drawing import draw

if __name__ == "__main__":
    sys.stdout.buffer.write(draw(msgspec.json.decode(sys.stdin.buffer.read(), type=Chart)))
