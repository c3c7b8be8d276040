/* The allowlist of a guest's extensions, and the two ways in which a device tree writes an ISA. */
#include <axguesttree/guest_isa.h>
#include <lib/bits.h>
#include <string.h>

#define BASE "rv64"

/*
 * Unprivileged extensions without state, or with state that sstatus.FS and VS switch and that a
 * vCPU keeps; page-table formats that VS-stage translation has as S-stage does. A final '*' stands
 * for any rest. Left out are, among others: H, Zkr (the seed CSR, and Zk, which contains it), Zcmt,
 * S*csrind, Ssdbltrp and S*ctr (state or enable bits that guests do not get), and everything of
 * M-mode.
 */
static const char *const always[] = {
    "i",       "m",      "a",        "f",         "d",           "c",       "b",      "v",
    "zic64b",  "zicbop", "ziccamoa", "ziccif",    "zicclsm",     "ziccrse", "zicntr", "zicond",
    "zihpm",   "zicsr",  "zifencei", "zihintntl", "zihintpause", "zimop",   "zmmul",  "za64rs",
    "za128rs", "zaamo",  "zabha",    "zacas",     "zalrsc",      "zama16b", "zawrs",  "zfa",
    "zfbfmin", "zfh",    "zfhmin",   "zca",       "zcb",         "zcd",     "zcmop",  "zcmp",
    "zba",     "zbb",    "zbc",      "zbs",       "zbkb",        "zbkc",    "zbkx",   "zkn",
    "zknd",    "zkne",   "zknh",     "zks",       "zksed",       "zksh",    "zkt",    "ztso",
    "zv*",     "svade",  "svinval",  "svnapot",   "svvptc",
};

/* By what the guest was granted. */
static const struct {
    const char *name;
    uint32_t grant;
} conditional[] = {
    {"zicbom", GUEST_ISA_ZICBOM},
    {"zicboz", GUEST_ISA_ZICBOZ},
    {"sstc", GUEST_ISA_SSTC},
    {"svpbmt", GUEST_ISA_SVPBMT},
    {"svadu", GUEST_ISA_SVADU},
    {"zicfilp", GUEST_ISA_ZICFILP},
    {"zicfiss", GUEST_ISA_ZICFISS},
    {"smnpm", GUEST_ISA_POINTER_MASKING},
    {"ssnpm", GUEST_ISA_POINTER_MASKING},
    {"ssaia", GUEST_ISA_SSAIA},
};

/* A name in the host's tree, not terminated. */
struct word {
    const char *text;
    size_t length;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool matches_rest(struct word word, const char *pattern)
{
    size_t i = 0;

    for (; i < word.length && pattern[i] == lower(word.text[i]); i++) {
    }
    return pattern[i] == '*' || (i == word.length && pattern[i] == '\0');
}

/* Most patterns differ in the first letter, and there are sixty times sixty to look at. */
static inline bool matches(struct word word, const char *pattern)
{
    return word.length > 0 && pattern[0] == lower(word.text[0]) && matches_rest(word, pattern);
}

static bool is_allowed(struct word word, uint32_t granted)
{
    for (size_t i = 0; i < ARRAY_SIZE(always); i++)
        if (matches(word, always[i]))
            return true;
    for (size_t i = 0; i < ARRAY_SIZE(conditional); i++)
        if (matches(word, conditional[i].name))
            return (granted & conditional[i].grant) != 0;
    return false;
}

static bool list_has(const struct guest_isa *isa, struct word word)
{
    for (size_t at = 0; at < isa->extensions_size; at += strlen(isa->extensions + at) + 1)
        if (matches(word, isa->extensions + at))
            return true;
    return false;
}

/* Adds an extension of the host, once, if a guest may have it. */
static enum err offer(struct word word, uint32_t granted, struct guest_isa *out)
{
    if (!is_allowed(word, granted) || list_has(out, word))
        return OK;
    if (word.length + 1 > sizeof(out->extensions) - out->extensions_size)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < word.length; i++)
        out->extensions[out->extensions_size++] = lower(word.text[i]);
    out->extensions[out->extensions_size++] = '\0';
    return OK;
}

static enum err offer_list(const char *list, size_t size, uint32_t granted, struct guest_isa *out)
{
    enum err err = OK;

    if (size == 0 || list[size - 1] != '\0')
        return ERR_FORMAT;
    for (size_t at = 0; err == OK && at < size; at += strlen(list + at) + 1)
        err = offer((struct word){list + at, strlen(list + at)}, granted, out);
    return err;
}

/* How many characters of `text` are a version, such as "2p1" (Unpriv 20240411 §36.5). */
static size_t version_length(const char *text)
{
    size_t n = 0;

    while (is_digit(text[n]))
        n++;
    if (n != 0 && lower(text[n]) == 'p' && is_digit(text[n + 1])) {
        for (n++; is_digit(text[n]); n++) {
        }
    }
    return n;
}

/* The same at the end of a longer name. A digit elsewhere belongs to it: zve32x, za64rs. */
static size_t length_without_version(const char *name, size_t length)
{
    for (size_t at = 1; at < length; at++)
        if (is_digit(name[at]) && !is_digit(name[at - 1]) &&
            at + version_length(name + at) == length)
            return at;
    return length;
}

/* "g" stands for IMAFD, Zicsr and Zifencei (Unpriv 20240411 §36.3). */
static enum err offer_letter(const char *letter, uint32_t granted, struct guest_isa *out)
{
    static const char general[] = "i\0m\0a\0f\0d\0zicsr\0zifencei";

    if (lower(*letter) == 'g')
        return offer_list(general, sizeof(general), granted, out);
    return offer((struct word){letter, 1}, granted, out);
}

/* Letters, each with a version or none, then longer names that begin with s, x or z. */
static enum err offer_string(const char *isa, uint32_t granted, struct guest_isa *out)
{
    enum err err = OK;

    if (!matches((struct word){isa, strnlen(isa, strlen(BASE))}, BASE))
        return ERR_UNSUPPORTED;
    for (isa += strlen(BASE); err == OK && *isa != '\0';) {
        if (*isa == '_') {
            isa++;
        } else if (strchr("sxz", lower(*isa)) != NULL) {
            size_t length = strcspn(isa, "_");
            err = offer((struct word){isa, length_without_version(isa, length)}, granted, out);
            isa += length;
        } else {
            err = offer_letter(isa, granted, out);
            isa += 1 + version_length(isa + 1);
        }
    }
    return err;
}

/* The text is no longer than the list and BASE, and its capacity was checked with the list's. */
static void append(struct guest_isa *isa, const char *separator, const char *name)
{
    strcat(strcat(isa->isa, separator), name);
}

/* Writes riscv,isa from the list: letters first, in their canonical order, then the rest. */
static enum err write_string(struct guest_isa *isa)
{
    static const char letters[][2] = {"i", "m", "a", "f", "d", "c", "b", "v"};

    if (isa->extensions_size + strlen(BASE) >= sizeof(isa->isa))
        return ERR_NO_MEMORY;
    strcpy(isa->isa, BASE);
    for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
        if (guest_isa_has(isa, letters[i]))
            append(isa, "", letters[i]);
    for (size_t at = 0; at < isa->extensions_size; at += strlen(isa->extensions + at) + 1)
        if (isa->extensions[at + 1] != '\0')
            append(isa, "_", isa->extensions + at);
    return OK;
}

enum err guest_isa_filter(const struct host_isa *host, uint32_t granted, struct guest_isa *out)
{
    enum err err = ERR_INVALID;

    out->extensions_size = 0;
    if (host->extensions != NULL)
        err = offer_list(host->extensions, host->extensions_size, granted, out);
    else if (host->isa != NULL)
        err = offer_string(host->isa, granted, out);
    if (err != OK)
        return err;
    return guest_isa_has(out, "i") ? write_string(out) : ERR_FORMAT;
}

bool guest_isa_has(const struct guest_isa *isa, const char *extension)
{
    return list_has(isa, (struct word){extension, strlen(extension)});
}
