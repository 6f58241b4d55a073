"""What the loader reads in an ELF file."""

from elftools.elf.elffile import ELFFile


def dynamic(path):
    """The dynamic section: a list of values for each tag. Empty for a fully static program."""
    entries = {}
    with open(path, "rb") as file:
        for segment in ELFFile(file).iter_segments("PT_DYNAMIC"):
            for tag in segment.iter_tags():
                name = tag.entry.d_tag.removeprefix("DT_")
                value = getattr(tag, name.lower(), tag.entry.d_val)
                entries.setdefault(name, []).append(value)
    return entries


def soname(path):
    return dynamic(path)["SONAME"][0]


def needs_library(program):
    """Whether the program needs the shared library to start."""
    return "libbedrock_token.so.0" in dynamic(program).get("NEEDED", [])
