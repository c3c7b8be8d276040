# The SBI that guests see: one file per extension, one table.
axsbi-deps := lib axhal axsync axtrace axvcpu axaddrspace
