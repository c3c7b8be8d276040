# The smallest app: prints its harts.
app-deps := lib axhal axconfig axlog axruntime
app-srcs := main.c
