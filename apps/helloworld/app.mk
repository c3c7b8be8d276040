# The smallest app: prints its harts.
app-deps := axhal axlog axruntime
app-srcs := main.c
