//go:build cgo

package bedrocktoken

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Transport returns an [http.RoundTripper] that puts "Authorization: Bearer" with the provider's
// token on requests to Bedrock in the provider's region, and hands everything to base, or to
// [http.DefaultTransport] if that is nil.
//
// Bedrock is, over https, these hosts and no others:
//
//	{service}.{region}.amazonaws.com
//	{service}.{region}.api.aws
//	{endpoint}.{service}.{region}.vpce.amazonaws.com
//
// with the services bedrock, bedrock-runtime and bedrock-mantle, the same with -fips, and the
// provider's region. Requests elsewhere pass as they are. After a redirect the token goes along
// only if every request since the first was to the same host.
//
// The token replaces an Authorization header that is there already, such as an API client's
// placeholder. A request for which there is none fails with [Provider.Token]'s error.
func (p *Provider) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{provider: p, base: base}
}

type transport struct {
	provider *Provider
	base     http.RoundTripper
}

func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if !t.mayHaveToken(request) {
		return t.base.RoundTrip(request)
	}
	token, err := t.provider.Token(request.Context())
	if err != nil {
		if request.Body != nil {
			request.Body.Close()
		}
		return nil, err
	}
	withToken := request.Clone(request.Context())
	withToken.Header.Set("Authorization", "Bearer "+token)
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

// mayHaveToken looks at the request and at those whose redirects led to it.
func (t *transport) mayHaveToken(request *http.Request) bool {
	host := request.URL.Host
	for isBedrock(request.URL, t.provider.region) && request.URL.Host == host {
		if request.Response == nil {
			return true
		}
		request = request.Response.Request
		if request == nil {
			return false
		}
	}
	return false
}

var bedrockServices = []string{
	"bedrock", "bedrock-runtime", "bedrock-mantle",
	"bedrock-fips", "bedrock-runtime-fips", "bedrock-mantle-fips",
}

func isBedrock(u *url.URL, region string) bool {
	if u.Scheme != "https" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if service, ok := strings.CutSuffix(host, "."+region+".vpce.amazonaws.com"); ok {
		_, service, _ = strings.Cut(service, ".")
		return slices.Contains(bedrockServices, service)
	}
	service, ok := strings.CutSuffix(host, "."+region+".amazonaws.com")
	if !ok {
		service, ok = strings.CutSuffix(host, "."+region+".api.aws")
	}
	return ok && slices.Contains(bedrockServices, service)
}
