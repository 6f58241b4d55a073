import { generate, inspect, Provider } from "bedrock-token";

const [key, secret] = ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];

const token = generate(key, secret, null, "eu-central-1");
const { accessKey, region, expiresAt } = inspect(token);
console.log(`${token}\n${accessKey} ${region} ${expiresAt.getTime() / 1000}`);
try {
  generate(key, `${secret}\n`, null, "eu-central-1");
} catch (error) {
  console.log(`refused: ${error.message}`);
}

// In a server: one for all requests. It asks for credentials when it needs them.
const provider = new Provider({
  region: "us-west-2",
  service: "claude-platform",
  credentials: () => ({
    accessKeyId: key,
    secretAccessKey: secret,
    expiration: new Date(Date.now() + 900_000),
  }),
});
console.log(await provider.token());
