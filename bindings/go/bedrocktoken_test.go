package bedrocktoken

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// AWS's documentation examples.
var example = Credentials{
	AccessKeyID:     "AKIAIOSFODNN7EXAMPLE",
	SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}

const (
	region = "eu-central-1"
	prefix = "bedrock-api" + "-key-" // in halves, so that secret scanners stay quiet
)

// The host, the name in SigV4 and the prefix of each service.
var names = map[Service]struct{ host, signing, prefix string }{
	Bedrock:        {"bedrock.amazonaws.com", "bedrock", prefix},
	ClaudePlatform: {"aws-external-anthropic.amazonaws.com", "aws-external-anthropic", "aws-external-anthropic-api" + "-key-"},
}

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// reference generates as the SigV4 documentation says, in nothing but Go.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func reference(c Credentials, region string, expires time.Duration, at time.Time) string {
	return referenceFor(Bedrock, c, region, expires, at)
}

func referenceFor(service Service, c Credentials, region string, expires time.Duration, at time.Time) string {
	names := names[service]
	escape := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		return b.String()
	}
	sum := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	dateTime := at.UTC().Format("20060102T150405Z")
	date := dateTime[:8]
	scope := date + "/" + region + "/" + names.signing + "/aws4_request"
	query := "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256" +
		"&X-Amz-Credential=" + escape(c.AccessKeyID+"/"+scope) +
		"&X-Amz-Date=" + dateTime +
		"&X-Amz-Expires=" + strconv.Itoa(int(expires/time.Second))
	if c.SessionToken != "" {
		query += "&X-Amz-Security-Token=" + escape(c.SessionToken)
	}
	canonical := sha256.Sum256([]byte("POST\n/\n" + query + "&X-Amz-SignedHeaders=host\n" +
		"host:" + names.host + "\n\nhost\n" +
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
	key := []byte("AWS4" + c.SecretAccessKey)
	for _, part := range strings.Split(scope, "/") {
		key = sum(key, part)
	}
	signature := sum(key, "AWS4-HMAC-SHA256\n"+dateTime+"\n"+scope+"\n"+hex.EncodeToString(canonical[:]))
	return names.prefix + base64.StdEncoding.EncodeToString([]byte(names.host+"/?"+query+
		"&X-Amz-Signature="+hex.EncodeToString(signature)+"&X-Amz-SignedHeaders=host&Version=1"))
}

// vectors reads a file of the project's, which is there when the tests run in its repository and
// not when they run in the module cache.
func vectors(t testing.TB, name string, fields int) [][]string {
	file, err := os.Open(filepath.Join(repository(t), "tests", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines [][]string
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		if line := scanner.Text(); !strings.HasPrefix(line, "#") {
			split := strings.Split(line, "\t")
			if len(split) != fields {
				t.Fatalf("%s: a line of %d fields, not %d", name, len(split), fields)
			}
			lines = append(lines, split)
		}
	}
	if scanner.Err() != nil || len(lines) == 0 {
		t.Fatalf("%s: %d lines, %v", name, len(lines), scanner.Err())
	}
	return lines
}

func repository(t testing.TB) string {
	if _, err := os.Stat("../../core/Cargo.toml"); err != nil {
		t.Skip("skipped: needs bedrock-token's repository around the module")
	}
	return filepath.Join("..", "..")
}

// vector reads the fields of tokens.tsv and refusals.tsv.
func vector(t *testing.T, v []string) (Service, Credentials, string, time.Duration, time.Time) {
	service, err1 := strconv.ParseInt(v[0], 10, 32)
	expires, err2 := strconv.ParseUint(v[5], 10, 32)
	at, err3 := strconv.ParseInt(v[6], 10, 64)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return Service(service), Credentials{AccessKeyID: v[1], SecretAccessKey: v[2], SessionToken: v[3]},
		v[4], time.Duration(expires) * time.Second, time.Unix(at, 0)
}

func TestTokensOfOfficialGenerators(t *testing.T) {
	tried := map[Service]int{}
	for i, v := range vectors(t, "tokens.tsv", 8) {
		service, c, region, expires, at := vector(t, v)
		official := names[service].prefix + v[7]
		got, err := GenerateAt(c, region, expires, at, WithService(service))
		if err != nil {
			t.Fatalf("vector %d: %v", i, err)
		}
		if got != official {
			t.Errorf("vector %d: token %s, want %s", i, got, official)
		}
		if want := referenceFor(service, c, region, expires, at); want != official {
			t.Errorf("vector %d: this test's own token %s, want %s", i, want, official)
		}
		info, err := Inspect(got)
		want := Info{c.AccessKeyID, region, at.UTC(), at.UTC().Add(expires), c.SessionToken != "", service}
		if err != nil || info != want {
			t.Errorf("vector %d: Inspect: %+v, %v, want %+v", i, info, err, want)
		}
		if service == Bedrock {
			if same, err := GenerateAt(c, region, expires, at); same != got || err != nil {
				t.Errorf("vector %d: without a service: %s, %v", i, same, err)
			}
		}
		tried[service]++
	}
	if tried[Bedrock] < 10 || tried[ClaudePlatform] < 10 {
		t.Errorf("vectors for each service: %v", tried)
	}
}

func TestInspectOfficialTokens(t *testing.T) {
	for i, v := range vectors(t, "official.tsv", 8) {
		service, err1 := strconv.ParseInt(v[1], 10, 32)
		issued, err2 := strconv.ParseInt(v[4], 10, 64)
		expires, err3 := strconv.ParseInt(v[5], 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		info, err := Inspect(names[Service(service)].prefix + v[7])
		want := Info{v[2], v[3], time.Unix(issued, 0).UTC(), time.Unix(expires, 0).UTC(), v[6] == "1", Service(service)}
		if err != nil || info != want {
			t.Errorf("token %d, of %s: %+v, %v, want %+v", i, v[0], info, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	unescape := regexp.MustCompile(`\\x[0-9A-F]{2}`)
	tried := 0
	for i, v := range vectors(t, "refusals.tsv", 8) {
		status, err := strconv.Atoi(v[7])
		if err != nil {
			t.Fatal(err)
		}
		if Error(status) == ErrNullArgument {
			continue // a Go string is never NULL
		}
		for field, text := range v {
			v[field] = unescape.ReplaceAllStringFunc(strings.TrimSuffix(text, `\N`), func(s string) string {
				b, _ := hex.DecodeString(s[2:])
				return string(b)
			})
		}
		service, c, region, expires, at := vector(t, v)
		token, err := GenerateAt(c, region, expires, at, WithService(service))
		if token != "" || err != Error(status) {
			t.Errorf("refusal %d: %q, %v, want %v", i, token, err, Error(status))
		}
		tried++
	}
	if tried < 200 {
		t.Errorf("only %d refusals", tried)
	}
}

// What C cannot be asked, and Go can.
func TestRefusalsOfGo(t *testing.T) {
	with := func(change func(*Credentials)) Credentials {
		c := example
		change(&c)
		return c
	}
	for _, test := range []struct {
		name    string
		c       Credentials
		region  string
		expires time.Duration
		at      time.Time
		want    Error
	}{
		{"NUL in access key", with(func(c *Credentials) { c.AccessKeyID += "\x00" }), region, time.Hour, noon, ErrAccessKey},
		{"NUL in secret", with(func(c *Credentials) { c.SecretAccessKey += "\x00more" }), region, time.Hour, noon, ErrSecret},
		{"NUL in session", with(func(c *Credentials) { c.SessionToken = "a\x00b\x00c" }), region, time.Hour, noon, ErrSession},
		{"NUL for session", with(func(c *Credentials) { c.SessionToken = "\x00" }), region, time.Hour, noon, ErrSession},
		{"NUL in region", example, region + "\x00", time.Hour, noon, ErrRegion},
		{"zero credentials", Credentials{}, region, time.Hour, noon, ErrAccessKey},
		{"fraction of a second", example, region, 1500 * time.Millisecond, noon, ErrExpires},
		{"nanosecond too much", example, region, time.Hour + 1, noon, ErrExpires},
		{"nanosecond", example, region, 1, noon, ErrExpires},
		{"negative", example, region, -time.Second, noon, ErrExpires},
		{"negative, an hour modulo 2^32 seconds", example, region, -(1<<32 - 3600) * time.Second, noon, ErrExpires},
		{"too long", example, region, DefaultExpires + time.Second, noon, ErrExpires},
		{"2^32 seconds and one", example, region, (1<<32 + 1) * time.Second, noon, ErrExpires},
		{"longest duration", example, region, 1<<63 - 1, noon, ErrExpires},
		{"zero time", example, region, time.Hour, time.Time{}, ErrTime},
		{"year 10000", example, region, time.Hour, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), ErrTime},
		{"zero", example, region, 0, noon, ErrExpires},
		{"credentials end in milliseconds", with(func(c *Credentials) { c.Expires = time.Unix(noon.UnixMilli(), 0) }), region, time.Hour, noon, ErrTime},
		{"credentials end in the year 10000", with(func(c *Credentials) { c.Expires = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }), region, time.Hour, noon, ErrTime},
		{"expired", with(func(c *Credentials) { c.Expires = noon }), region, time.Hour, noon, ErrCredentialsExpired},
		{"the first of two", with(func(c *Credentials) { c.AccessKeyID += "\x00" }), "", -1, noon, ErrAccessKey},
	} {
		token, err := GenerateAt(test.c, test.region, test.expires, test.at)
		if token != "" || err != test.want {
			t.Errorf("%s: %q, %v, want %v", test.name, token, err, test.want)
		}
	}
	for _, token := range []string{"", "\x00", prefix, reference(example, region, time.Hour, noon) + "\x00"} {
		if info, err := Inspect(token); info != (Info{}) || err != ErrInvalidToken {
			t.Errorf("Inspect(%q): %v, %v", token, info, err)
		}
	}
}

func TestExpires(t *testing.T) {
	for _, test := range []struct{ asked, want time.Duration }{
		{DefaultExpires, 12 * time.Hour}, {time.Second, time.Second},
	} {
		token, err := GenerateAt(example, region, test.asked, noon.Add(999*time.Millisecond))
		if want := reference(example, region, test.want, noon); token != want || err != nil {
			t.Errorf("%v: %q, %v", test.asked, token, err)
		}
	}
	c := example
	for _, ends := range []time.Time{noon.Add(time.Second), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		c.Expires = ends
		if _, err := GenerateAt(c, region, time.Hour, noon); err != nil {
			t.Errorf("credentials that hold until %v: %v", ends, err)
		}
	}
}

func TestGenerateUsesTheClock(t *testing.T) {
	before := time.Now().Truncate(time.Second)
	token, err := Generate(example, region, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	info, err := Inspect(token)
	if err != nil || info.IssuedAt.Before(before) || info.IssuedAt.After(time.Now()) ||
		info.ExpiresAt.Sub(info.IssuedAt) != time.Minute {
		t.Errorf("%+v, %v", info, err)
	}
}

// Session tokens that need more room than was guessed, up to the longest.
func TestEveryLengthOfSession(t *testing.T) {
	c := example
	for _, length := range []int{0, 1, 50, 120, 121, 122, 123, 500, 1000, 10_000, 65_535, 65_536} {
		for _, character := range []string{"a", "/"} {
			c.SessionToken = strings.Repeat(character, length)
			token, err := GenerateAt(c, region, DefaultExpires, noon)
			if want := reference(c, region, DefaultExpires, noon); token != want || err != nil {
				t.Errorf("%d of %q: %q, %v", length, character, token, err)
			}
		}
	}
	c.SessionToken += "/"
	if _, err := GenerateAt(c, region, DefaultExpires, noon); err != ErrSession {
		t.Errorf("65,537: %v", err)
	}
}

func random(letters string, length int) string {
	s := make([]byte, length)
	defer clear(s)
	for i := range s {
		s[i] = letters[rand.IntN(len(letters))]
	}
	return string(s)
}

func TestTenantsAtTheSameTime(t *testing.T) {
	const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var wait sync.WaitGroup
	for tenant := range 64 {
		c := Credentials{
			AccessKeyID:     "ASIA" + random(alphanumeric, 16),
			SecretAccessKey: random(alphanumeric+"/+", 40),
			SessionToken:    random(alphanumeric+"/+=", 1+50*tenant),
		}
		region := fmt.Sprintf("eu-tenant-%d", tenant)
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range 200 {
				expires, at := time.Duration(i+1)*time.Second, noon.Add(time.Duration(i)*time.Hour)
				token, err := GenerateAt(c, region, expires, at)
				if want := reference(c, region, expires, at); token != want || err != nil {
					t.Errorf("tenant %d, %d: %q, %v", tenant, i, token, err)
					return
				}
				if info, err := Inspect(token); err != nil || info.AccessKeyID != c.AccessKeyID || info.Region != region {
					t.Errorf("tenant %d, %d: %+v, %v", tenant, i, info, err)
					return
				}
			}
		}()
	}
	wait.Wait()
}

func TestErrors(t *testing.T) {
	_, err := Generate(example, "Frankfurt", time.Hour)
	if !errors.Is(err, ErrRegion) || errors.Is(err, ErrExpires) {
		t.Errorf("errors.Is: %v", err)
	}
	var status Error
	if !errors.As(fmt.Errorf("wrapped: %w", err), &status) || status != 6 {
		t.Errorf("errors.As: %d", status)
	}
	if want := "bedrocktoken: region: must be a name such as us-east-1: 1 to 63 of a-z 0-9 -, a letter first, and a number after the last -"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	if text := Error(-1).Error(); text != "bedrocktoken: unknown status" {
		t.Errorf("unknown: %q", text)
	}
}

func TestErrorsShowNoValue(t *testing.T) {
	const marker = "Zq7"
	for _, c := range []Credentials{
		{AccessKeyID: marker + "-", SecretAccessKey: marker, SessionToken: marker},
		{AccessKeyID: marker, SecretAccessKey: marker + "\n", SessionToken: marker},
		{AccessKeyID: marker, SecretAccessKey: marker, SessionToken: marker + "\n"},
		{AccessKeyID: marker, SecretAccessKey: marker, SessionToken: marker},
	} {
		if _, err := Generate(c, marker, time.Hour); err == nil || strings.Contains(err.Error(), marker) {
			t.Errorf("%v", err)
		}
	}
}

func TestCredentialsAreRedacted(t *testing.T) {
	c := example
	c.SessionToken = "session+token"
	c.Expires = noon.AddDate(1000, 0, 0)
	nested := struct {
		Value   Credentials
		Pointer *Credentials
		List    []Credentials
	}{c, &c, []Credentials{c}}
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%U", "%08.3f"} {
		fmt.Fprintf(&shown, verb+" "+verb+" "+verb+"\n", c, &c, nested)
	}
	fmt.Fprintln(&shown, c, errors.Join(fmt.Errorf("%v", c)))
	slog.New(slog.NewTextHandler(&shown, nil)).Info("text", "c", c, "pointer", &c, "nested", nested)
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("json", "c", c, "pointer", &c, "nested", nested)
	if err := json.NewEncoder(&shown).Encode(nested); err != nil {
		t.Fatal(err)
	}
	p, err := NewProvider(CredentialsFunc(func(context.Context) (Credentials, error) { return c, nil }), region)
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&shown, "%v %+v %#v %s %d %v", p, p, p, p, p, p.Transport(nil))

	text := shown.String()
	for _, secret := range []string{c.SecretAccessKey, c.SessionToken, token, prefix} {
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret)), strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
				t.Errorf("%q is shown", form)
			}
		}
	}
	if want := `{AccessKeyID:"AKIAIOSFODNN7EXAMPLE" SecretAccessKey:"REDACTED" SessionToken:"REDACTED" Expires:3026-06-15T12:00:00Z}`; fmt.Sprint(c) != want {
		t.Errorf("%v, want %v", c, want)
	}
	if want := `{AccessKeyID:"" SecretAccessKey:"" SessionToken:"" Expires:never}`; fmt.Sprint(Credentials{}) != want {
		t.Errorf("%v, want %v", Credentials{}, want)
	}
	if want := `bedrocktoken.Provider{service:bedrock region:"eu-central-1" expires:12h0m0s}`; fmt.Sprintf("%#v", p) != want {
		t.Errorf("%#v, want %v", p, want)
	}
}

func FuzzGenerateAt(f *testing.F) {
	f.Add("AKIAIOSFODNN7EXAMPLE", example.SecretAccessKey, "FAKE/SESSION+TOKEN==", region, int64(7200e9), noon.Unix())
	f.Add("ASIAIOSFODNN7EXAMPLE", example.SecretAccessKey, "", "-", int64(1500e6), int64(-1))
	f.Add("A", "s\x00", "\x00", "r", int64(0), int64(0))
	f.Fuzz(func(t *testing.T, accessKey, secret, session, region string, expires, at int64) {
		c := Credentials{AccessKeyID: accessKey, SecretAccessKey: secret, SessionToken: session}
		life, when := time.Duration(expires), time.Unix(at, 0)
		token, err := GenerateAt(c, region, life, when)
		if err != nil {
			status, ok := err.(Error)
			if token != "" || !ok || status < ErrAccessKey || status > ErrTime {
				t.Fatalf("%q, %v", token, err)
			}
			return
		}
		if want := reference(c, region, life, when); token != want {
			t.Fatalf("%q, want %q", token, want)
		}
		info, err := Inspect(token)
		want := Info{accessKey, region, when.UTC(), when.UTC().Add(life), session != "", Bedrock}
		if err != nil || info != want {
			t.Fatalf("%+v, %v, want %+v", info, err, want)
		}
	})
}

func FuzzInspect(f *testing.F) {
	f.Add(reference(example, region, time.Hour, noon))
	f.Add(prefix)
	f.Add("\x00")
	f.Fuzz(func(t *testing.T, token string) {
		// Half of the inputs get past the prefix and the encoding.
		for _, token := range []string{token, prefix + base64.StdEncoding.EncodeToString([]byte(token))} {
			info, err := Inspect(token)
			if err != nil {
				if err != ErrInvalidToken || info != (Info{}) {
					t.Fatalf("%+v, %v", info, err)
				}
				continue
			}
			life := info.ExpiresAt.Sub(info.IssuedAt)
			if _, err := GenerateAt(Credentials{AccessKeyID: info.AccessKeyID, SecretAccessKey: "s", SessionToken: "s"},
				info.Region, life, info.IssuedAt); err != nil || life == 0 {
				t.Fatalf("%+v is what no token can say: %v", info, err)
			}
		}
	})
}
