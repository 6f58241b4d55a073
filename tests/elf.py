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


def oldest_glibc(path):
    """The version of glibc that the file needs, as numbers."""
    with open(path, "rb") as file:
        section = ELFFile(file).get_section_by_name(".gnu.version_r")
        names = [v.name for _, versions in section.iter_versions() for v in versions]
    glibc = (name.removeprefix("GLIBC_") for name in names if name.startswith("GLIBC_"))
    return max([int(number) for number in version.split(".")] for version in glibc)


def soname(path):
    return dynamic(path)["SONAME"][0]


def needs_library(program):
    """Whether the program needs the shared library to start."""
    return "libbedrock_token.so.0" in dynamic(program).get("NEEDED", [])
