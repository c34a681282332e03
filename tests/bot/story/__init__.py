"""Stories, told to fakes."""
