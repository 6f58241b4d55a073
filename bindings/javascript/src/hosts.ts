import type { Service } from "./token.js";

/** The first part of the names of each service's hosts. */
const NAMES: Record<Service, readonly string[]> = {
  bedrock: ["bedrock", "bedrock-fips", "bedrock-runtime", "bedrock-runtime-fips", "bedrock-mantle"],
  "claude-platform": ["aws-external-anthropic"],
};

/** The prefix of a partition's regions, and the suffixes of its hosts. */
const PARTITIONS: readonly [prefix: string, suffix: string, dualStack: string][] = [
  ["cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  ["eusc-", "amazonaws.eu", "api.amazonwebservices.eu"],
  ["us-iso-", "c2s.ic.gov", "api.aws.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov", "api.aws.scloud"],
  ["eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"],
  ["us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"],
  ["", "amazonaws.com", "api.aws"],
];

/** Whether a URL is one of the service's own in this region, over https. */
export function isServices(url: URL, service: Service, region: string): boolean {
  const [, suffix, dualStack] = PARTITIONS.find(([prefix]) => region.startsWith(prefix))!;
  const endpoint = url.hostname.replace(/^vpce-[^.]*\./, ""); // of a VPC
  const suffixes = endpoint === url.hostname ? [suffix, dualStack] : [`vpce.${suffix}`];
  return url.protocol === "https:" &&
    NAMES[service].some((name) => suffixes.some((end) => endpoint === `${name}.${region}.${end}`));
}

/** "host" or "host:port", without what two parsers could see differently. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?$/i;

/** The option `hosts` as "host:port" or "host:", with each host as a URL has it. */
export function listed(hosts: readonly string[] = []): ReadonlySet<string> {
  try {
    return new Set(hosts.map((host) => {
      const [, port = ""] = host.match(HOST)!;
      return `${new URL(`https://${host}`).hostname}:${port}`;
    }));
  } catch { // a string is no list: it has no map()
    throw new TypeError('hosts must be a list of "host" or "host:port"');
  }
}

/** Whether a URL has one of these hosts, over https unless it is this machine. */
export function isListed(url: URL, hosts: ReadonlySet<string>): boolean {
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  const isHttps = url.protocol === "https:";
  if (!isHttps && !(url.protocol === "http:" && isHere)) return false;
  // A URL has its scheme's own port as "".
  const port = url.port || (isHttps ? "443" : "80");
  return hosts.has(`${url.hostname}:${port}`) || hosts.has(`${url.hostname}:${url.port}`);
}
