# cmake -DSOURCE=ROOT -DOUTPUT=FILE -P write_revision.cmake: writes which commit the sources are, for --version. The file is
# not compiled in: a commit alone changes no program, so nothing is linked and no cached result is thrown away.
set(revision "")
find_program(GIT git)
if(GIT AND EXISTS "${SOURCE}/.git")
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --dirty OUTPUT_VARIABLE revision
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT revision)  # `git archive` has put the commit into VERSION
  file(READ ${SOURCE}/VERSION revision)
  string(STRIP "${revision}" revision)
  if(revision MATCHES "Format")
    set(revision "unknown revision")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "${revision}\n" @ONLY)
