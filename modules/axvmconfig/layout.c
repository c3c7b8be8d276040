#include <axvmconfig/layout.h>

#define ROW(NAME, model, base, size, source, place, name, node, compatible)                        \
    [GUEST_MODEL_##NAME] = {{(base)}, (size), (source),     (place),                               \
                            (name),   (node), (compatible), sizeof(compatible)},
const struct guest_model_row guest_models[GUEST_MODEL_COUNT] = {GUEST_MODELS(ROW)};
