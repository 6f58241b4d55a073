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

/** Whether a URL has one of these hosts ("host" or "host:port"), over https unless it is this machine. */
export function isListed(url: URL, hosts: readonly string[]): boolean {
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  return (url.protocol === "https:" || (url.protocol === "http:" && isHere)) && hosts.includes(url.host);
}
