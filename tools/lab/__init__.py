"""The lab: runs named experiments natively and under Stillhart, and reports them (docs/lab.md)."""
