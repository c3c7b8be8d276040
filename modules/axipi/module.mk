# Work for other harts: a mailbox a hart, and the interrupt that says there is some.
axipi-deps := lib axhal axconfig axsync axlog
