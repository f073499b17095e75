# liangxin: one entry for everything; `make help` lists the targets.
#
# Each Lua builds into build/<lua>/ and each sanitizer beside it, so that
# LUA_CPATH="build/<lua>/?.so" is all a script needs. CC, CFLAGS, LDFLAGS,
# LUA_INCDIR, LIBFLAG and <LIBRARY>_INCDIR / _LIBDIR may be given. V=1 shows
# the commands.

LUA     ?= lua5.4
PREFIX  ?= /usr/local
CFLAGS  ?= -O2 -g
SAN     ?=# asan, tsan, coverage or fuzz
NAME    := $(notdir $(LUA))
BUILD   ?= build/$(NAME)$(SAN:%=-%)

FUZZ_SECONDS   ?= 60# for each target
POLLING_SVG    ?= spec/bench/polling.svg
VALGRIND_SPECS ?= spec/client_spec.lua spec/task_spec.lua spec/result_spec.lua \
                  spec/journal_rescue_spec.lua
TEST_LUAS      := lua5.4 luajit

Q          := $(if $(V),,@)
MAKEFLAGS  += --no-print-directory --no-builtin-rules
JOBS       ?= $(shell getconf _NPROCESSORS_ONLN)
# Sub-makes work in parallel, also when this one was not asked to.
J           = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

# What is built

# Each file of a system compiles to nothing on another.
CORE       := $(wildcard csrc/core/*/*.c csrc/core/os/*/*.c)
BINDING    := $(wildcard csrc/lua/*.c)
LISTENER   := $(wildcard csrc/listener/*.c)
# What the listener takes from the core's os/.
LISTENER_OS := $(foreach part,clock module thread wake,$(wildcard csrc/core/os/*/$(part).c))
PAINT      := $(wildcard csrc/paint/*.c)
# What the stores that speak SQL share.
STORE_SQL  := $(wildcard csrc/store/sql/*.c)
SQLITE     := $(wildcard csrc/store/sqlite/*.c)
POSTGRES   := $(wildcard csrc/store/postgres/*.c)
# Whether a program of spec/ is about that store, and not about SQLite's.
for_postgres = $(or $(findstring postgres,$(1)),$(filter %/fleet,$(1)))
# What the stores take from the core.
core_parts  = $(foreach part,$(1),$(wildcard csrc/core/*/$(part).c \
                csrc/core/os/*/$(part).c))
SQLITE_CORE := $(call core_parts,clock file file_name module path process transition)
POSTGRES_CORE := $(call core_parts,clock module place process secret socket transition)
objects_of  = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
# Programs lie flat in BUILD, whatever folder their source is in.
programs_of = $(addprefix $(BUILD)/,$(basename $(notdir \
              $(wildcard spec/$(1)/$(2).c spec/$(1)/*/$(2).c))))
# Cross-built for Windows where CC is mingw-w64's.
WINDOWS    := $(findstring mingw,$(CC))
DLL        := $(if $(WINDOWS),dll,so)
LUA_FILES  := $(sort $(shell cd lua && find liangxin -name '*.lua'))
MODULES    := $(patsubst %,$(BUILD)/liangxin/%.$(DLL),core listener paint \
                store/sqlite store/postgres)

# Where the libraries are

pc        = $(shell pkg-config $(1) 2>/dev/null)
cflags_of = $(if $($(1)_INCDIR),-I$($(1)_INCDIR),$(call pc,--cflags $(2)))
libs_of   = $(if $($(1)_LIBDIR),-L$($(1)_LIBDIR) $(3),$(or \
              $(call pc,--libs $(2)),$(3)))

LUA_PC      := $(firstword $(foreach name,$(NAME) $(NAME:lua5.%=lua-5.%) \
                 $(NAME:lua5.%=lua5%),$(if $(call pc,--modversion $(name)), \
                 $(name))))
LUA_FLAGS   := $(call cflags_of,LUA,$(LUA_PC))
LUA_LIBS    := $(if $(LINK_LUA),$(call libs_of,LUA,$(LUA_PC),-llua))
CURL_FLAGS  := $(call cflags_of,CURL,libcurl)
CURL_LIBS   := $(call libs_of,CURL,libcurl,-lcurl)
HTTPD_FLAGS := $(call cflags_of,MICROHTTPD,libmicrohttpd)
HTTPD_LIBS  := $(call libs_of,MICROHTTPD,libmicrohttpd,-lmicrohttpd)
GD_FLAGS    := $(call cflags_of,GD,gdlib)
GD_LIBS     := $(call libs_of,GD,gdlib,-lgd)
SQLITE_FLAGS := $(call cflags_of,SQLITE,sqlite3)
SQLITE_LIBS  := $(call libs_of,SQLITE,sqlite3,-lsqlite3)
POSTGRES_FLAGS := $(call cflags_of,POSTGRES,libpq)
POSTGRES_LIBS  := $(call libs_of,POSTGRES,libpq,-lpq)

# How it is compiled

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes
SAN_asan     := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                -fno-sanitize-recover=undefined
SAN_tsan     := -O1 -g -fsanitize=thread
SAN_coverage := -O0 --coverage
SAN_fuzz     := $(SAN_asan) -fsanitize=fuzzer-no-link
SAN_LINK_fuzz := -fsanitize=fuzzer

FLAGS := $(CFLAGS) -std=c11 -D_GNU_SOURCE -fPIC \
         $(WARNINGS) $(SAN_$(SAN))
ifneq ($(WINDOWS),)
LIBFLAG ?= -shared
SYSTEM_LIBS := -lws2_32 -lbcrypt
FLAGS   += -pedantic -D_WIN32_WINNT=0x0601
else ifeq ($(shell uname),Darwin)
LIBFLAG ?= -bundle -undefined dynamic_lookup
else
LIBFLAG ?= -shared
endif

build: $(MODULES) ## Build the modules for LUA (default: lua5.4)
client: $(BUILD)/liangxin/core.$(DLL) ## Build the client's module alone: it needs libcurl

$(BUILD)/obj/csrc/core/%.o:     INCLUDES := -Icsrc/core $(CURL_FLAGS)
$(BUILD)/obj/csrc/lua/%.o:      INCLUDES := -Icsrc/core $(LUA_FLAGS)
$(BUILD)/obj/csrc/listener/%.o: INCLUDES := -Icsrc/core -Icsrc/lua $(LUA_FLAGS) $(HTTPD_FLAGS)
$(BUILD)/obj/csrc/paint/%.o:    INCLUDES := -Icsrc/lua $(LUA_FLAGS) $(GD_FLAGS)
$(BUILD)/obj/csrc/store/%.o:    INCLUDES := -Icsrc/core -Icsrc/lua -Icsrc/store $(LUA_FLAGS) $(SQLITE_FLAGS) $(POSTGRES_FLAGS)
$(BUILD)/obj/spec/%.o:          INCLUDES  = -Icsrc/core -Icsrc/lua -Icsrc/store -Icsrc/store/$(if \
                                $(call for_postgres,$*),postgres,sqlite) \
                                $(LUA_FLAGS) $(CURL_FLAGS) $(SQLITE_FLAGS) $(POSTGRES_FLAGS)

OBJECTS := $(call objects_of,$(CORE) $(BINDING) $(LISTENER) $(PAINT) $(STORE_SQL) $(SQLITE) \
             $(POSTGRES) $(wildcard spec/*/*.c spec/*/*/*.c))
$(OBJECTS): $(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) $(INCLUDES) -MMD -MP -c $< -o $@

$(BUILD)/liangxin/core.$(DLL): $(call objects_of,$(CORE) $(BINDING))
$(BUILD)/liangxin/core.$(DLL): LIBS := $(CURL_LIBS)
$(BUILD)/liangxin/listener.$(DLL): $(call objects_of,$(LISTENER) $(LISTENER_OS))
$(BUILD)/liangxin/listener.$(DLL): LIBS := $(HTTPD_LIBS)
$(BUILD)/liangxin/paint.$(DLL): $(call objects_of,$(PAINT))
$(BUILD)/liangxin/paint.$(DLL): LIBS := $(GD_LIBS)
$(BUILD)/liangxin/store/sqlite.$(DLL): $(call objects_of,$(SQLITE) $(STORE_SQL) $(SQLITE_CORE))
$(BUILD)/liangxin/store/sqlite.$(DLL): LIBS := $(SQLITE_LIBS)
$(BUILD)/liangxin/store/postgres.$(DLL): $(call objects_of,$(POSTGRES) $(STORE_SQL) $(POSTGRES_CORE))
$(BUILD)/liangxin/store/postgres.$(DLL): LIBS := $(POSTGRES_LIBS)

$(MODULES):
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN_$(SAN)) $(LIBFLAG) $(LDFLAGS) $^ \
	  $(LIBS) $(LUA_LIBS) $(SYSTEM_LIBS) -lm -pthread -o $@

$(BUILD)/libcore.a: $(call objects_of,$(CORE))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# Programs: one file each, with the core. Further linker flags stand in the
# file itself, in a line `/* LDFLAGS: ... */`.
own_flags = $(shell sed -n 's,.*LDFLAGS: *\([^*]*\).*,\1,p' $(1))
define program_rule
$(BUILD)/$(basename $(notdir $(1))): $(BUILD)/obj/$(1:.c=.o) \
                            $(BUILD)/libcore.a
	$$(Q)$$(CC) $$(SAN_$$(SAN)) $$(SAN_LINK_$$(SAN)) $$(LDFLAGS) \
	  $$(filter %.o,$$^) $$(filter %.a,$$^) \
	  $$(call own_flags,$(1)) $$(CURL_LIBS) $$(SYSTEM_LIBS) -lm -pthread \
	  -o $$@
	$(if $(WINDOWS),@mv $$@.exe $$@)
endef
$(foreach source,$(wildcard spec/c/*/*.c spec/fuzz/*.c spec/bench/*.c), \
  $(eval $(call program_rule,$(source))))
# These have the binding in them, and a Lua of their own.
$(patsubst spec/c/lua/%.c,$(BUILD)/%,$(wildcard spec/c/lua/test_*.c)): \
  $(call objects_of,$(BINDING))

# These have a store in them.
STORE_PROGRAMS := $(addprefix $(BUILD)/,commits ledger fleet) $(patsubst spec/c/store/%.c,$(BUILD)/%,$(wildcard spec/c/store/test_*.c))
$(STORE_PROGRAMS): $(call objects_of,$(STORE_SQL))
$(foreach program,$(STORE_PROGRAMS),$(eval $(program): $(call objects_of,$(filter-out \
  %/module.c,$(if $(call for_postgres,$(program)),$(POSTGRES),$(SQLITE))))))

c-tests: $(call programs_of,c,test_*)
fuzzers: $(call programs_of,fuzz,fuzz_*)
benches: $(call programs_of,bench,*)
lua-objects: $(call objects_of,$(BINDING) $(LISTENER) $(PAINT) $(STORE_SQL) $(SQLITE) $(POSTGRES))
every-object: $(OBJECTS)

# The core as one translation unit, alone and with the binding: a name of file
# scope, a macro or a type that stands twice is an error.
one-unit: $(BUILD)/flags
	@printf '#include "%s"\n' $(CORE) >$(BUILD)/core_unit.c
	@printf '#include "%s"\n' $(CORE) $(BINDING) >$(BUILD)/module_unit.c
	$(Q)for unit in core module; do $(CC) $(FLAGS) -Werror -Wno-shadow -I. \
	  -Icsrc/core $(LUA_FLAGS) $(CURL_FLAGS) -fsyntax-only \
	  $(BUILD)/$${unit}_unit.c || exit 1; done

# Objects are made anew when the flags are others.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(FLAGS) $(LUA_FLAGS)' | cmp -s - $@ || \
	  echo '$(CC) $(FLAGS) $(LUA_FLAGS)' >$@

-include $(wildcard $(OBJECTS:.o=.d))

# Running

export LUA_PATH  := lua/?.lua;lua/?/init.lua;./?.lua;;
WITH_BUILD  = LUA_CPATH="$(BUILD)/?.$(DLL);;"
SUPPRESSED  = $(CURDIR)/spec/support
EXAMPLE    := 01_pipeline

deps: ## Install what building, testing and checking need
	@LUA=$(LUA) sh .ci/deps build test check valgrind

demo: ## Install what is missing, build, draw pictures against the sandbox
	@LUA=$(LUA) sh .ci/deps build
	@$(MAKE) $(J) build
	@unset LIANGXIN_BASE_URL LIANGXIN_API_KEY; \
	  $(WITH_BUILD) $(LUA) examples/$(EXAMPLE).lua && rm -rf demo/shell && \
	  $(WITH_BUILD) LIANGXIN="$(LUA) lua/bin/liangxin" sh examples/shell.sh

demo-resume: build ## A program that kills itself and is started again, against the sandbox, and its bill
	@unset LIANGXIN_BASE_URL LIANGXIN_API_KEY; rm -rf $(BUILD)/demo-resume; mkdir -p $(BUILD)/demo-resume; \
	  cd $(BUILD)/demo-resume && LUA_PATH="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;" \
	  LUA_CPATH="$(CURDIR)/$(BUILD)/?.$(DLL);;" $(LUA) $(CURDIR)/examples/11_resume_pipeline.lua

screens: build ## Draw the picture of the program's page again, where tmux, chafa and Chromium are
	@$(WITH_BUILD) $(LUA) .ci/screens.lua

example: build ## Run EXAMPLE; with LIANGXIN_BASE_URL set, at the real service
	@$(WITH_BUILD) $(LUA) examples/$(EXAMPLE).lua

check: ## C tests and the specs on LUA: SPEC=FILE runs one of either
	@sh .ci/deps build test
	@$(MAKE) $(J) SAN=asan BUILD=build/c \
	  $(if $(SPEC),$(patsubst %.c,build/c/%,$(notdir $(filter %.c,$(SPEC)))) \
	  build/c/libcore.a,c-tests)
	@$(MAKE) $(J) build
	@SPECS='$(SPEC)' sh .ci/test c:build/c $(LUA):$(BUILD)

test: ## C tests under ASAN and UBSAN, every spec on Lua 5.4 and LuaJIT
	@sh .ci/deps build test
	@$(MAKE) $(J) SAN=asan BUILD=build/c c-tests
	@for lua in $(TEST_LUAS); do $(MAKE) $(J) LUA=$$lua build || exit 1; done
	@sh .ci/test c:build/c $(foreach lua,$(TEST_LUAS),$(lua):build/$(lua))

test-luas: ## The core specs on Lua 5.1, 5.2, 5.3 and 5.5
	@sh .ci/deps build test luas
	@MAKE='$(MAKE) $(J)' sh .ci/luas

test-wal: ## The journal in a file in SQLite's WAL mode, with a newer SQLite from npm
	@sh .ci/deps build test
	@-sh .ci/deps npm
	@$(MAKE) $(J) SAN=asan BUILD=build/c c-tests
	@$(MAKE) $(J) LUA=lua5.4 build
	@$(MAKE) $(J) LUA=lua5.4 BUILD=build/sqlite build/sqlite/bin/sqlite3
	@sh .ci/test-wal build/sqlite c:build/c lua5.4:build/lua5.4

# With that SQLite, and what specs and benches need of its program.
WITH_WAL = LD_LIBRARY_PATH="$(CURDIR)/build/sqlite" PATH="$(CURDIR)/build/sqlite/bin:$$PATH"
$(BUILD)/bin/sqlite3: $(BUILD)/obj/spec/support/sqlite3_program.o
	@mkdir -p $(@D)
	$(Q)$(CC) $< $(SQLITE_LIBS) -o $@

hosts: ## The adapters and examples, each in its real host: HOSTS=NAMES for some
	@sh .ci/deps build test luas hosts
	@$(MAKE) $(J) LUA=lua5.4 build
	@for lua in lua5.2 lua5.3 luajit; do $(MAKE) $(J) LUA=$$lua \
	  $(addprefix build/$$lua/liangxin/,core.so store/sqlite.so) || exit 1; done
	@lua5.4 spec/hosts/run.lua $(HOSTS)

test-windows: ## What is cross-built for Windows, under wine
	@sh .ci/deps build test windows
	@$(MAKE) $(J) LUA=lua5.4 build
	@MAKE='$(MAKE) $(J)' sh .ci/test-windows

gallery-test: ## The gallery's page, clicked in Chromium
	@sh .ci/deps build
	@-sh .ci/deps browser npm
	@$(MAKE) $(J) LUA=lua5.4 build
	@LUA_CPATH="build/lua5.4/?.so;;" sh .ci/gallery

dist-windows: ## What users of Windows unpack, and a zip for LÖVE, tried under wine
	@sh .ci/deps build windows
	@$(MAKE) $(J) LUA=lua5.4 build
	@MAKE='$(MAKE) $(J)' sh .ci/dist-windows

cross: ## Compile and link the core for macOS, musl and glibc 2.17, not run
	@sh .ci/deps build
	@MAKE='$(MAKE) $(J)' sh .ci/cross

lint: ## Formatting, layers, symbols, warnings, static analysis
	@sh .ci/deps build test check
	@INCLUDES='$(LUA_FLAGS) $(CURL_FLAGS) $(HTTPD_FLAGS) $(GD_FLAGS) $(SQLITE_FLAGS) $(POSTGRES_FLAGS)' JOBS=$(JOBS) \
	  MAKE='$(MAKE)' sh .ci/lint

asan tsan: ## Every spec with the module under ASAN and UBSAN, or TSAN
	@sh .ci/deps build test
	@$(MAKE) $(J) SAN=$@ build build/$(NAME)-$@/bin/$(NAME)
	@$(MAKE) SAN=$@ run-sanitized

# A Lua with the sanitizer's runtime. Under its own name it starts itself again.
$(BUILD)/bin/$(NAME): $(BUILD)/obj/spec/support/forget_preload.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(SAN_$(SAN)) -shared $< -o $(@D)/forget_preload.so
	$(Q)printf '#!/bin/bash\n%s exec -a "$$0" %s "$$@"\n' "LD_PRELOAD='$$( \
	  $(CC) -print-file-name=lib$(SAN).so) $(CURDIR)/$(@D)/forget_preload.so'" \
	  "$$(command -v $(LUA))" >$@
	@chmod +x $@

# A clock on the wall that is wrong.
$(BUILD)/clock_preload.so: $(BUILD)/obj/spec/support/clock_preload.o
	$(Q)$(CC) -shared $< -o $@

run-sanitized:
	@SANITIZED=1 ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
	  TSAN_OPTIONS=suppressions=$(SUPPRESSED)/tsan.supp \
	  sh .ci/test $(CURDIR)/$(BUILD)/bin/$(NAME):$(BUILD)

valgrind: build ## Some specs under valgrind: no error, no leak
	@sh .ci/deps test valgrind
	@SPECS='$(VALGRIND_SPECS)' RUN="valgrind -q --error-exitcode=1 \
	  --leak-check=full --errors-for-leak-kinds=definite \
	  --suppressions=$(SUPPRESSED)/valgrind.supp" \
	  sh .ci/test $(LUA):$(BUILD)

docs: ## Write the pages that are made from types/ and the catalogue
	@$(LUA) .ci/docs.lua write

fuzz: ## Each fuzz target for FUZZ_SECONDS (default: 60)
	@sh .ci/deps build test check
	@$(MAKE) $(J) CC=clang SAN=fuzz BUILD=build/fuzz fuzzers
	@sh .ci/fuzz build/fuzz $(FUZZ_SECONDS)

coverage: ## Which lines of the core the C tests run
	@sh .ci/deps build test
	@$(MAKE) $(J) SAN=coverage BUILD=build/coverage c-tests
	@sh .ci/coverage build/coverage

bench: build ## Cost, frames, scale: a table, and which targets hold (BRIEF=1; WAL=1: SQLite of test-wal)
	@sh .ci/deps build test bench
	@$(MAKE) $(J) BUILD=build/bench benches
	@$(if $(WAL),sh .ci/sqlite build/sqlite && $(MAKE) BUILD=build/sqlite build/sqlite/bin/sqlite3)
	@$(WITH_BUILD) $(if $(WAL),$(WITH_WAL)) $(LUA) spec/bench/run.lua $(if $(BRIEF),--brief) $(BENCH_ARGS)

bench-polling: ## Queries against lag in simulated time: a table and a plot
	@$(MAKE) $(J) BUILD=build/bench build/bench/polling
	@mkdir -p $(dir $(POLLING_SVG))
	@build/bench/polling $(POLLING_SVG)

profile: build ## Where the CPU of a task goes, by perf (TREE=DIR: another's)
	@$(MAKE) $(J) BUILD=build/bench benches
	@$(WITH_BUILD) $(LUA) spec/bench/profile.lua $(if $(TREE),--tree $(TREE))

drills: build ## Each fault: requests sent, tasks billed, what was told
	@$(WITH_BUILD) $(LUA) spec/bench/drills.lua

fleet: build $(BUILD)/clock_preload.so ## Workers on PostgreSQL, killed, cut off, failed over: a table (TASKS=500, KILLS=12, SEED)
	@sh .ci/deps build test
	@$(WITH_BUILD) $(LUA) spec/fleet/run.lua $(CURDIR)/$(BUILD)/clock_preload.so $(or $(TASKS),500) $(or $(KILLS),12) $(SEED)

soak: build $(BUILD)/clock_preload.so ## Long storms: 1,000 kills of programs with a journal, 20,000 tasks of a fleet (KILLS, TASKS, SEED)
	@sh .ci/deps build test
	@$(MAKE) $(J) BUILD=build/bench build/bench/stub
	@$(WITH_BUILD) $(LUA) spec/bench/soak.lua $(or $(KILLS),1000) $(SEED)
	@$(WITH_BUILD) $(LUA) spec/fleet/run.lua $(CURDIR)/$(BUILD)/clock_preload.so $(or $(TASKS),20000) 100 $(SEED)

amalgamation: build/amalgamation/liangxin.c ## liangxin.c, .h and _lua.c for programs in C

build/amalgamation/liangxin.c: csrc/amalgamate.lua $(CORE) $(BINDING) \
    $(wildcard csrc/*/*.h csrc/core/*/*.h csrc/core/*/*/*.h) $(LUA_FILES:%=lua/%)
	@mkdir -p $(@D)
	$(Q)$(LUA) csrc/amalgamate.lua $(@D)

test-engines: ## C programs with the library in them: cc, make install, CMake
	@sh .ci/deps build test check engines
	@$(MAKE) $(J) LUA=lua5.4 build amalgamation
	@MAKE='$(MAKE) $(J)' sh .ci/engines

rockspecs: ## Write the rockspecs, which name every source
	@$(LUA) .ci/rocks.lua write

release-check: ## Rocks packed, installed and run as a release would be
	@sh .ci/deps build test check luas
	@sh .ci/release

# Installing

LUA_VERSION  ?= $(shell $(LUA) -e 'print(_VERSION:match("%d.%d"))')
INST_LUADIR  ?= $(PREFIX)/share/lua/$(LUA_VERSION)
INST_LIBDIR  ?= $(PREFIX)/lib/lua/$(LUA_VERSION)
INST_BINDIR  ?= $(PREFIX)/bin

# put MODE FILE TARGET, as a shell command
put           = mkdir -p "$$(dirname "$(3)")" && install -m $(1) "$(2)" "$(3)"
put_module    = $(call put,755,$<,$(<:$(BUILD)/%=$(DESTDIR)$(INST_LIBDIR)/%))
put_lua       = for file in $(1); do $(call \
                put,644,lua/$$file,$(DESTDIR)$(INST_LUADIR)/$$file) || exit; done

INST_PARTS    := client library webhook paint sqlite postgres sandbox cli
install: $(INST_PARTS:%=install-%) ## Install into DESTDIR and PREFIX

install-client: $(BUILD)/liangxin/core.$(DLL)
	$(Q)$(put_module)
	$(Q)$(call put_lua,$(LUA_FILES))

install-webhook: $(BUILD)/liangxin/listener.$(DLL)
	$(Q)$(put_module)

install-paint: $(BUILD)/liangxin/paint.$(DLL)
	$(Q)$(put_module)

install-sqlite: $(BUILD)/liangxin/store/sqlite.$(DLL)
	$(Q)$(put_module)

install-postgres: $(BUILD)/liangxin/store/postgres.$(DLL)
	$(Q)$(put_module)

put_program   = mkdir -p $(BUILD) && \
                sed '1s|^\#!.*|\#!/usr/bin/env $(LUA)|' lua/bin/$(1) >$(BUILD)/program && \
                $(call put,755,$(BUILD)/program,$(DESTDIR)$(INST_BINDIR)/$(1))

install-sandbox:
	$(Q)$(call put_program,liangxin-sandbox)

install-cli:
	$(Q)$(call put_program,liangxin)

# For programs in C: a static library for LUA, with the Lua sources in it.
$(BUILD)/libliangxin.a: $(call objects_of,$(CORE) $(BINDING)) $(BUILD)/liangxin_lua.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/liangxin_lua.o: build/amalgamation/liangxin.c $(BUILD)/flags
	$(Q)$(CC) $(FLAGS) $(LUA_FLAGS) -c build/amalgamation/liangxin_lua.c -o $@

VERSION = $(shell sed -n 's/.*LX_VERSION "\(.*\)"/\1/p' csrc/core/base/version.h)
define PC_FILE
prefix=$(PREFIX)
includedir=$${prefix}/include
libdir=$${prefix}/lib

Name: liangxin
Description: Pictures and videos from the LiangXin Market API, for Lua in C programs
Version: $(VERSION)
Requires: libcurl $(LUA_PC)
Cflags: -I$${includedir}
Libs: -L$${libdir} -lliangxin $(SYSTEM_LIBS) -lm -pthread
endef
export PC_FILE

install-library: $(BUILD)/libliangxin.a
	$(Q)$(call put,644,build/amalgamation/liangxin.h,$(DESTDIR)$(PREFIX)/include/liangxin.h)
	$(Q)$(call put,644,$<,$(DESTDIR)$(PREFIX)/lib/libliangxin.a)
	@mkdir -p "$(DESTDIR)$(PREFIX)/lib/pkgconfig"
	$(Q)echo "$$PC_FILE" >"$(DESTDIR)$(PREFIX)/lib/pkgconfig/liangxin.pc"

uninstall: ## Remove what install puts into DESTDIR and PREFIX
	$(Q)rm -rf "$(DESTDIR)$(INST_LUADIR)/liangxin" "$(DESTDIR)$(INST_LIBDIR)/liangxin"
	$(Q)rm -f "$(DESTDIR)$(INST_BINDIR)/liangxin-sandbox" "$(DESTDIR)$(INST_BINDIR)/liangxin" \
	  "$(DESTDIR)$(PREFIX)/include/liangxin.h" "$(DESTDIR)$(PREFIX)/lib/libliangxin.a" \
	  "$(DESTDIR)$(PREFIX)/lib/pkgconfig/liangxin.pc"

clean: ## Remove everything that was built
	@rm -rf build demo

help: ## List the targets
	@sed -n 's/^\([a-z][a-z -]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | \
	  awk -F'\t' '{ printf "%-14s %s\n", $$1, $$2 }'

FORCE:
.SECONDARY:
.DEFAULT_GOAL := build
.PHONY: FORCE build client c-tests fuzzers benches lua-objects every-object one-unit deps \
        check demo demo-resume screens docs example test test-luas test-windows gallery-test dist-windows cross hosts lint asan tsan run-sanitized valgrind fuzz coverage bench \
        bench-polling profile drills fleet soak rockspecs release-check amalgamation test-engines \
        install $(INST_PARTS:%=install-%) uninstall clean help
