package bedrocktoken

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Transport returns an [http.RoundTripper] that puts the provider's token on requests to the
// service in the provider's region, and hands everything to base, or to [http.DefaultTransport] if
// that is nil. A request for which there is no token fails with [Provider.Token]'s error.
//
// The hosts that get the token, over https, are
//
//	{name}.{region}.{suffix}
//	{endpoint}.{name}.{region}.vpce.{suffix}
//
// with the suffixes of the region's partition: amazonaws.com and api.aws in most regions, others in
// China, in the European Sovereign Cloud and in the isolated regions. For [Bedrock], the names are
// bedrock and bedrock-runtime, each also with -fips, and bedrock-mantle, and the token is in
// "Authorization: Bearer". For [ClaudePlatform], the name is aws-external-anthropic, and the
// token is in "x-api-key". The token replaces what is in the two headers, such as an API client's
// placeholder.
//
// hosts are more hosts that get the token, such as a gateway of yours: "host" or "host:port"; without a
// port, it is the scheme's own. They get it over https, and over http without a proxy if they are on this
// machine: localhost, 127.0.0.1, [::1]. If one of hosts is neither, every request fails with [ErrHost].
//
// A request to a host of either service that may not have the token, because it is of the other
// service, of another region or not over https, fails with [ErrHost]. Requests elsewhere pass as they
// are. After a redirect the token goes along only if every request since the first was to the
// same host.
//
// If the service refuses a token, with status 401 or 403, the provider renews it, though at most once
// a minute. The request is then sent once more, if its body can be had again (see
// [http.Request.GetBody]) and there is another token within 5 seconds.
func (p *Provider) Transport(base http.RoundTripper, hosts ...string) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	t := &transport{provider: p, base: base, hosts: map[string]bool{}}
	for i, host := range hosts {
		match := hostAndPort.FindStringSubmatch(strings.ToLower(host))
		ok := match != nil
		if ok && match[2] != "" {
			port, err := strconv.Atoi(match[2])
			ok = err == nil && 0 < port && port < 1<<16
		}
		if !ok {
			t.err = fmt.Errorf("%w: Transport's host %d of %d is not \"host\" or \"host:port\"", ErrHost, i+1, len(hosts))
			break
		}
		t.hosts[match[1]+":"+match[2]] = true
	}
	return t
}

type transport struct {
	provider *Provider
	base     http.RoundTripper
	hosts    map[string]bool // "host:port" or "host:"
	err      error
}

func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	takesToken, err := t.takesToken(request)
	if err == nil && !takesToken {
		return t.base.RoundTrip(request)
	}
	ctx := request.Context()
	var token string
	if err == nil {
		token, err = t.provider.Token(ctx)
	}
	if err != nil {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, err
	}

	response, err := t.send(request, request.Body, token)
	if err != nil || response.StatusCode != http.StatusUnauthorized && response.StatusCode != http.StatusForbidden {
		return response, err
	}
	hasBody := request.Body != nil && request.Body != http.NoBody
	repeatable := !hasBody || request.GetBody != nil
	token, again := t.provider.refused(ctx, token, repeatable)
	if !again || !repeatable {
		return response, nil
	}
	body := request.Body
	if hasBody {
		if body, err = request.GetBody(); err != nil {
			return response, nil
		}
	}
	// The connection can be used again when its response was read.
	io.CopyN(io.Discard, response.Body, 64<<10)
	response.Body.Close()
	return t.send(request, body, token)
}

func (t *transport) send(request *http.Request, body io.ReadCloser, token string) (*http.Response, error) {
	withToken := request.Clone(request.Context())
	withToken.Body = body
	for name := range withToken.Header { // whoever wrote to the map itself may have written it in any way
		if strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "X-Api-Key") {
			delete(withToken.Header, name)
		}
	}
	if t.provider.service == ClaudePlatform {
		withToken.Header.Set("X-Api-Key", token)
	} else {
		withToken.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := t.base.RoundTrip(withToken)
	if response != nil {
		// Whoever logs the request of a response does not log the token.
		response.Request = request
	}
	return response, err
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

// takesToken tells whether a request gets the token. It is an error if that is not so, and should be.
func (t *transport) takesToken(request *http.Request) (bool, error) {
	u := request.URL
	if t.err != nil {
		return false, t.err
	}
	if u == nil || request.Header == nil {
		return false, fmt.Errorf("%w: the request's URL or Header", ErrNullArgument)
	}
	host := strings.ToLower(u.Hostname())
	listed := t.listed(u)
	service, region, isServices := serviceOf(strings.TrimSuffix(host, "."))
	refused := func(why string) (bool, error) {
		return false, fmt.Errorf("%w %s: %s", ErrHost, host, why)
	}
	switch p := t.provider; {
	case !listed && !isServices:
		return false, nil
	case u.Opaque != "" || u.User != nil || strings.HasSuffix(host, "."):
		return refused("a token is not sent to a URL that is written in this way")
	case !listed && (service != p.service || region != p.region):
		return refused(fmt.Sprintf("the provider's tokens are for %s in %s", p.service, p.region))
	case u.Scheme != "https" && !(listed && u.Scheme == "http" && isLoopback(host)):
		return refused("a token is sent over https only")
	}
	if base, ok := t.base.(*http.Transport); ok && u.Scheme == "http" && base.Proxy != nil {
		if proxy, err := base.Proxy(request); proxy != nil || err != nil {
			return refused("a token is not sent over http through a proxy")
		}
	}
	for request.Response != nil { // a redirect led here
		if request = request.Response.Request; request == nil || request.URL.Host != u.Host {
			return false, nil
		}
	}
	return true, nil
}

// A host and its port, without what two parsers could see differently.
var hostAndPort = regexp.MustCompile(`^([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$`)

// listed tells whether a URL's host is one of Transport's.
func (t *transport) listed(u *url.URL) bool {
	host, port, usual := strings.TrimSuffix(strings.ToLower(u.Host), ":"+u.Port()), u.Port(), "443"
	if u.Scheme == "http" {
		usual = "80"
	}
	if port == "" {
		port = usual
	}
	return t.hosts[host+":"+port] || port == usual && t.hosts[host+":"]
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// partition has the prefix of its regions and the suffixes of its hosts. hosts.tsv has a host of each. Python's
// tests compare the same table to botocore's.
type partition struct{ prefix, suffix, dualStack string }

var partitions = []partition{
	{"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
	{"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
	{"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"", "amazonaws.com", "api.aws"}, // all others, those of the US government among them
}

var serviceHost = regexp.MustCompile(
	`^(vpce-[a-z0-9-]+\.)?(bedrock(?:(?:-runtime)?(?:-fips)?|-mantle)|aws-external-anthropic)\.([a-z0-9-]+-[0-9]+)\.(vpce\.)?(.+)$`)

// serviceOf tells which service and region a host is of. The region is empty if it is not one of the
// partition that the suffix is of.
func serviceOf(host string) (service Service, region string, ok bool) {
	match := serviceHost.FindStringSubmatch(host)
	if match == nil || (match[1] == "") != (match[4] == "") || strings.HasPrefix(match[3], "s3-") {
		return 0, "", false // such as a bucket of S3
	}
	if match[2] == "aws-external-anthropic" {
		service = ClaudePlatform
	}
	region, suffix := match[3], match[5]
	matches := func(p partition) bool {
		return suffix == p.suffix || suffix == p.dualStack && match[1] == ""
	}
	own := slices.IndexFunc(partitions, func(p partition) bool { return strings.HasPrefix(region, p.prefix) })
	if matches(partitions[own]) {
		return service, region, true
	}
	return service, "", slices.ContainsFunc(partitions, matches)
}
