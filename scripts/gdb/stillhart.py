"""gdb's commands for Stillhart: `source scripts/gdb/stillhart.py`.

They read the hypervisor's own structures (struct hart, struct vm, struct vcpu, struct addrspace), by
the types in its debug information, so a build of any MODE will do.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from stillhart_gdb import gstage, guest, image, show  # noqa: F401,E402 - they register commands

print("Stillhart's commands: harts, vms, vcpu, gstage, guest-symbols, host-symbols; help COMMAND explains.")
