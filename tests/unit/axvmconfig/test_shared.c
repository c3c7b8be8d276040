/* Shared memories: what is read, where it goes, and the exact message for every mistake. */
#include "cmocka_all.h"
#include "dts.h"
#include <axvmconfig/description.h>
#include <stdio.h>
#include <string.h>

static struct dtb dtb;
static struct vm_set set;
static struct message why;

#define VM(name, hart, more)                                                                       \
    name " { cpus = <1>; harts = <" hart ">; memory = <0 0x1000000>; kernel = \"k\"; " more " }; "
#define SHARED(name, more) name " { compatible = \"stillhart,shared-memory\"; " more " }; "
#define IPC0 SHARED("ipc0", "size = <0 0x100000>;")
#define BOTH VM("a", "0", "shared = \"ipc0\";") VM("b", "1", "shared = \"ipc0\";")

static enum err parse(const char *nodes)
{
    char dts[6000];

    assert_in_range(snprintf(dts, sizeof(dts),
                             "/ { compatible = \"stillhart,vms\"; source = \"x.dts\"; %s };",
                             nodes),
                    1, sizeof(dts) - 1);
    dtb_compile(dts, &dtb);
    memset(&why, 0, sizeof(why));
    return description_parse(dtb.bytes, dtb.size, &set, &why);
}

static void expect(const char *nodes, const char *text)
{
    assert_int_equal(parse(nodes), ERR_INVALID);
    assert_string_equal(why.text, text);
}

static void test_reads_all(void **state)
{
    assert_int_equal(parse(VM("a", "0", "shared-read-only = \"log\"; shared = \"ipc0\", \"ipc1\";")
                               IPC0 VM("b", "1", "shared = \"ipc0\", \"log\";")
                                   SHARED("log", "size = <0 0x2000>;")
                                       SHARED("ipc1", "size = <0 0x201000>;")
                                           VM("c", "2", "shared-read-only = \"ipc1\", \"log\";")),
                     OK);
    assert_int_equal(set.vm_count, 3);
    assert_int_equal(set.shared_count, 3);
    static const struct {
        const char *name;
        uint64_t size;
        uint32_t peers, writers;
    } memories[] = {{"ipc0", 0x100000, 2, 2}, {"log", 0x2000, 3, 1}, {"ipc1", 0x201000, 2, 1}};
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(set.shared[i].name, memories[i].name);
        assert_int_equal(set.shared[i].index, i);
        assert_int_equal(set.shared[i].size, memories[i].size);
        assert_int_equal(set.shared[i].peers, memories[i].peers);
        assert_int_equal(set.shared[i].writers, memories[i].writers);
    }
    static const struct {
        uint32_t vm, use, memory, peer;
        bool writable;
        uint64_t at;
    } uses[] = {{0, 0, 1, 0, false, 0x12000000}, {0, 1, 0, 0, true, 0x12200000},
                {0, 2, 2, 0, true, 0x12400000},  {1, 0, 0, 1, true, 0x12000000},
                {1, 1, 1, 1, true, 0x12200000},  {2, 0, 2, 1, false, 0x12000000},
                {2, 1, 1, 2, false, 0x12400000}};
    for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
        const struct shared_use *use = &set.vms[uses[i].vm].shared[uses[i].use];
        assert_ptr_equal(use->memory, &set.shared[uses[i].memory]);
        assert_int_equal(use->peer, uses[i].peer);
        assert_int_equal(use->writable, uses[i].writable);
        assert_int_equal(use->at.a, uses[i].at);
    }
}

static void test_node(void **state)
{
    expect(BOTH SHARED("ipc0", ""), "x.dts: /ipc0: size is missing: every shared memory needs it");
    expect(BOTH SHARED("ipc0", "size = <0x100000>;"),
           "x.dts: /ipc0: size: has 4 bytes: expected a size of two numbers, high and low, as in "
           "size = <0x0 0x100000>");
    expect(BOTH SHARED("ipc0", "size = <0 0x100001>;"),
           "x.dts: /ipc0: size = <0 0x100001>: expected a multiple of 4 KiB (0x1000), at least "
           "8 KiB (0x2000)");
    expect(BOTH SHARED("ipc0", "size = <0 0x1000>;"),
           "x.dts: /ipc0: size = <0 0x1000>: expected a multiple of 4 KiB (0x1000), at least "
           "8 KiB (0x2000)");
    expect(BOTH SHARED("ipc0", "length = <1>;"),
           "x.dts: /ipc0: length: unknown property; expected one of: compatible size");
    expect(BOTH SHARED("ipc0", "size = <0 0x2000>; part { };"),
           "x.dts: /ipc0: part: expected no node inside a shared memory");
    expect(
        "ipc0 { compatible = \"shared\"; };",
        "x.dts: /ipc0: compatible = \"shared\": expected \"stillhart,shared-memory\", or none for "
        "a VM");
    expect("ipc0 { compatible = <1>; };",
           "x.dts: /ipc0: compatible: expected one string, as in compatible = \"...\"");
    expect(IPC0, "x.dts: /: describes no VM: expected a node for each");
}

static void test_names(void **state)
{
#define LONGEST "i123456789-123456789-123456789c"
#define SIZE "size = <0 0x2000>;"
    expect(SHARED("0", SIZE) BOTH,
           "x.dts: /0: name = \"0\": expected a letter first, and at most 31 characters");
    expect(SHARED(LONGEST "y", SIZE) BOTH,
           "x.dts: /" LONGEST "y: name = \"" LONGEST
           "y\": expected a letter first, and at most 31 characters");
    assert_int_equal(parse(SHARED(LONGEST, SIZE) VM("a", "0", "shared = \"" LONGEST "\";")
                               VM("b", "1", "shared = \"" LONGEST "\";")),
                     OK);
}

static void test_uses(void **state)
{
    expect(BOTH, "x.dts: /a: shared = \"ipc0\": no shared memory has this name; there is none");
    expect(IPC0 SHARED("ipc1", "size = <0 0x2000>;") VM("a", "0", "shared = \"ipc2\";"),
           "x.dts: /a: shared = \"ipc2\": no shared memory has this name; there are: ipc0 ipc1");
    expect(IPC0 BOTH VM("c", "2", "shared = \"a\";"),
           "x.dts: /c: shared = \"a\": no shared memory has this name; there are: ipc0");
    expect(
        IPC0 VM("a", "0", "shared = \"ipc0\"; shared-read-only = \"ipc0\";"),
        "x.dts: /a: shared-read-only = \"ipc0\": is named twice: expected each shared memory once");
    expect(IPC0 VM("a", "0", "shared = \"\";"),
           "x.dts: /a: shared = \"\": no shared memory has this name; there are: ipc0");
    expect(IPC0 VM("a", "0", "shared;"),
           "x.dts: /a: shared: expected strings, as in shared = \"ipc0\"");
    expect(IPC0 VM("a", "0", "shared-read-only = [41];"),
           "x.dts: /a: shared-read-only: expected strings, as in shared-read-only = \"ipc0\"");
}

static void test_peers(void **state)
{
    expect(IPC0 VM("a", "0", ""),
           "x.dts: /ipc0: is named by 0 VMs: expected two or more, each with "
           "shared or shared-read-only = \"ipc0\"");
    expect(IPC0 VM("a", "0", "shared = \"ipc0\";"),
           "x.dts: /ipc0: is named by 1 VM: expected two or more, each with shared or "
           "shared-read-only = \"ipc0\"");
    expect(IPC0 VM("a", "0", "shared-read-only = \"ipc0\";")
               VM("b", "1", "shared-read-only = \"ipc0\";"),
           "x.dts: /ipc0: no VM may write to it: expected one with shared = \"ipc0\"");
}

static void test_too_many(void **state)
{
    char nodes[3000] = VM("a", "0", "");
    for (int i = 0; i <= SHARED_MAX; i++)
        snprintf(nodes + strlen(nodes), sizeof(nodes) - strlen(nodes),
                 SHARED("s%d", "size = <0 0x2000>;"), i);
    expect(nodes, "x.dts: /s16: is one shared memory too many: expected at most 16");
    expect(VM("a", "0",
              "shared = \"1\", \"2\", \"3\", \"4\", \"5\"; "
              "shared-read-only = \"6\", \"7\", \"8\", \"9\";"),
           "x.dts: /a: shared-read-only = \"9\": is one too many: expected at most 8 in a VM");
}

static void test_addresses(void **state)
{
    expect(
        SHARED("big", "size = <0 0x0de01000>;") SHARED("more", "size = <0 0x2000>;")
            VM("a", "0", "shared = \"more\", \"big\";"),
        "x.dts: /a: shared = \"big\": does not fit: a VM has 224 MiB of addresses for it, 222 MiB "
        "left");
    expect(
        SHARED("big", "size = <1 0>;") VM("a", "0", "shared = \"big\";"),
        "x.dts: /a: shared = \"big\": does not fit: a VM has 224 MiB of addresses for it, 224 MiB "
        "left");
    assert_int_equal(
        parse(SHARED("big", "size = <0 0x0de00000>;") SHARED("more", "size = <0 0x2000>;") VM(
            "a", "0", "shared = \"big\", \"more\";") VM("b", "1", "shared = \"more\", \"big\";")),
        OK);
    assert_int_equal(set.vms[0].shared[1].at.a, 0x1fe00000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_all), cmocka_unit_test(test_node),
        cmocka_unit_test(test_names),     cmocka_unit_test(test_uses),
        cmocka_unit_test(test_peers),     cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests_name("axvmconfig/shared", tests, NULL, NULL);
}
