import boto3

from bedrock_token import Credentials, Provider

sts = boto3.client("sts", region_name="eu-central-1")


def assume_role() -> Credentials:
    given = sts.assume_role(
        RoleArn="arn:aws:iam::123456789012:role/bedrock", RoleSessionName="my-server"
    )["Credentials"]
    return Credentials(
        given["AccessKeyId"],
        given["SecretAccessKey"],
        given["SessionToken"],
        given["Expiration"],
    )


provider = Provider(assume_role, "eu-central-1")
print(provider.get())  # asks for credentials; later calls only when the token is about to end
