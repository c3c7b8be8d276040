"""What must add up in a dump."""
import histogram

# The buckets that take all longer pieces too (LEDGER_SHORT_BITS, LEDGER_LONG_BITS).
ENDLESS = [histogram.lowest(histogram.buckets(bits) - 1) for bits in (20, 36)]


def check_buckets(where, entry, expected):
    """What of count, min and max the histogram of a column or hart contradicts.

    A vCPU that runs goes on between the reading of its sums and that of its histogram, so that may
    have more, and further out, but not less.
    """
    problems, buckets = [], entry.buckets
    count = sum(bucket.count for bucket in buckets)
    if count < expected:
        problems.append(f"{where}: the histogram counts {count}, expected {expected}")
    if buckets and entry.min < buckets[0].lowest:
        problems.append(f"{where}: min is {entry.min}, but the first bucket begins at "
                        f"{buckets[0].lowest}")
    if buckets and entry.max > buckets[-1].highest and buckets[-1].lowest not in ENDLESS:
        problems.append(f"{where}: max is {entry.max}, but the last bucket ends at "
                        f"{buckets[-1].highest}")
    return problems


def check_late(vcpu):
    """The blames make the lateness, of all timers and of the worst."""
    late, problems = vcpu.late, []
    where = f"line {late.line}: vCPU {vcpu.name}, late timers"
    blamed = sum(late.blames.values())
    if blamed != late.sum:
        problems.append(f"{where}: the blames sum to {blamed} ticks, expected {late.sum}")
    if late.worst and sum(late.worst.blames.values()) != late.max:
        problems.append(f"{where}: the blames of the worst sum to "
                        f"{sum(late.worst.blames.values())} ticks, expected max = {late.max}")
    return problems + check_buckets(where, late, late.count)


def check_pieces(dump):
    """Pieces of one vCPU do not overlap; where nothing was recorded, there may be none."""
    problems, ends = [], {}
    for event in dump.events:
        if event.name != "piece":
            continue
        before = ends.get((event.vm, event.vcpu), 0)
        if event.time - event.b < before:
            problems.append(f"vCPU {event.vm}.{event.vcpu}: the piece of {event.b} ticks that ends "
                            f"at {event.time} begins before the end of the last, {before}")
        ends[event.vm, event.vcpu] = event.time
    return problems


def check(dump):
    """What does not add up, a message each; nothing if all does."""
    problems = []
    for vcpu in dump.vcpus.values():
        total, wall = sum(c.sum for c in vcpu.columns.values()), vcpu.now - vcpu.start
        if total != wall:
            problems.append(f"line {vcpu.line}: vCPU {vcpu.name}: the columns sum to {total} "
                            f"ticks, expected now - start = {wall}")
        for column in vcpu.columns.values():
            where = f"line {column.line}: vCPU {vcpu.name}, column {column.name}"
            problems += check_buckets(where, column, column.count)
        problems += check_late(vcpu) if vcpu.late else []
    for hart in dump.harts.values():
        problems += check_buckets(f"line {hart.line}: hart {hart.index}", hart, hart.gaps)
    return problems + check_pieces(dump)
