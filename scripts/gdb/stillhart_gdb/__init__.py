"""One module a group of commands. gdb imports them through scripts/gdb/stillhart.py."""
