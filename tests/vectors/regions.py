"""Prints every region of every partition, as botocore's data has them."""

from botocore.loaders import Loader

# Entries such as aws-global stand for the endpoint of a service that has no regions.
regions = {
    region
    for data in ("endpoints", "partitions")
    for partition in Loader().load_data(data)["partitions"]
    for region in partition["regions"]
    if not region.endswith("-global")
}
assert len(regions) > 40, "botocore has its data elsewhere"
print(*sorted(regions), sep="\n")
