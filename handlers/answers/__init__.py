"""What several commands share: screens, rights, saving, standing wishes."""
