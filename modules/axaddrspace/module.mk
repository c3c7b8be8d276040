# Guest-physical address spaces: G-stage tables, checked access to a guest's RAM.
axaddrspace-deps := lib axhal axalloc
