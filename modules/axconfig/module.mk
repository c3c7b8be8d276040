# What make's parameters say, as constants; only these objects depend on SMP= and LOG=.
axconfig-deps :=
