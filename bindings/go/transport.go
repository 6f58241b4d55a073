package bedrocktoken

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
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
// bedrock, bedrock-runtime (both also with -fips) and bedrock-mantle, and the token is in
// "Authorization: Bearer". For [ClaudePlatform], the name is aws-external-anthropic, and the
// token is in "x-api-key". [WithHosts] adds hosts. The token replaces what is in the two headers,
// such as an API client's placeholder.
//
// A request to a host of either service that may not have the token, because it is of the other
// service, of another region or not over https, fails with [ErrHost]. Requests elsewhere pass as they
// are. After a redirect the token goes along only if every request since the first was to the
// same host.
//
// If the service refuses a token, with status 401 or 403, the provider renews it, though at most once
// a minute. The request is then sent once more, if its body can be had again (see
// [http.Request.GetBody]).
func (p *Provider) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{provider: p, base: base}
}

type hostsOption []string

func (o hostsOption) provide(p *Provider) error {
	for _, host := range o {
		u, err := url.Parse("https://" + host)
		if err != nil || u.Host != host || u.Hostname() == "" ||
			strings.Contains(u.Hostname(), ":") && host[0] != '[' {
			return fmt.Errorf("%w: WithHosts takes \"host\" or \"host:port\"", ErrHost)
		}
		host := canonical(u.Hostname())
		if port := u.Port(); port != "" {
			host = net.JoinHostPort(host, port)
		}
		p.hosts = append(p.hosts, host)
	}
	return nil
}

// WithHosts has [Provider.Transport] put the token on requests to more hosts, such as a gateway of
// yours or a test server. Each is "host" or "host:port"; without a port, it is the scheme's own. They
// get the token over https, and over http if they are on this machine: localhost, 127.0.0.1, [::1].
func WithHosts(hosts ...string) ProviderOption {
	return hostsOption(hosts)
}

type transport struct {
	provider *Provider
	base     http.RoundTripper
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
	token, again := t.provider.refused(ctx, token, !hasBody || request.GetBody != nil)
	if !again {
		return response, nil
	}
	body := request.Body
	if hasBody {
		if request.GetBody == nil {
			return response, nil
		}
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
	withToken.Header.Del("Authorization")
	withToken.Header.Del("X-Api-Key")
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

// takesToken looks at the request and at those whose redirects led to it.
func (t *transport) takesToken(request *http.Request) (bool, error) {
	takes, err := t.provider.takesToken(request.URL)
	if !takes || err != nil {
		return false, err
	}
	host := request.URL.Host
	for request.Response != nil {
		if request = request.Response.Request; request == nil || request.URL.Host != host {
			return false, nil
		}
	}
	return true, nil
}

// takesToken tells whether a request with this URL gets the token. It is an error if that is not so,
// and should be.
func (p *Provider) takesToken(u *url.URL) (bool, error) {
	host, listed := canonical(u.Hostname()), p.listed(u)
	service, region, isServices := serviceOf(host)
	switch {
	case !listed && !isServices:
		return false, nil
	case u.Scheme != "https" && !(listed && u.Scheme == "http" && isLoopback(host)):
		return false, fmt.Errorf("%w: a token is sent over https only", ErrHost)
	case !listed && service != p.service:
		return false, fmt.Errorf("%w: it is of another service than the provider's", ErrHost)
	case !listed && region != p.region:
		return false, fmt.Errorf("%w: it is of another region than the provider's", ErrHost)
	}
	return true, nil
}

// listed tells whether a URL's host is one of [WithHosts].
func (p *Provider) listed(u *url.URL) bool {
	host, port, usual := canonical(u.Hostname()), u.Port(), "443"
	if u.Scheme == "http" {
		usual = "80"
	}
	if port == "" {
		port = usual
	}
	return slices.Contains(p.hosts, net.JoinHostPort(host, port)) || port == usual && slices.Contains(p.hosts, host)
}

func canonical(host string) string {
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// services has the first part of the names of each service's hosts.
var services = map[string]Service{
	"bedrock": Bedrock, "bedrock-fips": Bedrock,
	"bedrock-runtime": Bedrock, "bedrock-runtime-fips": Bedrock,
	"bedrock-mantle":         Bedrock,
	"aws-external-anthropic": ClaudePlatform,
}

// partition has the prefix of its regions and the suffixes of its hosts. A test compares this to
// aws-sdk-go-v2's.
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

// serviceOf tells which service and region a host is of. The region is empty if it is not one of the
// partition that the suffix is of.
func serviceOf(host string) (service Service, region string, ok bool) {
	vpce := ""
	if strings.HasPrefix(host, "vpce-") {
		_, host, _ = strings.Cut(host, ".")
		vpce = "vpce."
	}
	name, rest, _ := strings.Cut(host, ".")
	region, suffix, _ := strings.Cut(rest, ".")
	if service, ok = services[name]; !ok || !strings.Contains(region, "-") {
		return service, "", false // such as a bucket of S3
	}
	matches := func(p partition) bool {
		return suffix == vpce+p.suffix || suffix == p.dualStack && vpce == ""
	}
	own := slices.IndexFunc(partitions, func(p partition) bool { return strings.HasPrefix(region, p.prefix) })
	if matches(partitions[own]) {
		return service, region, true
	}
	return service, "", slices.ContainsFunc(partitions, matches)
}
