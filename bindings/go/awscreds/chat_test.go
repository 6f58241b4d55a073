//go:build linux

package awscreds

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// The README's program, as it is, through a proxy behind which a server plays Bedrock.
func TestChatExample(t *testing.T) {
	home := nowhere(t)
	const host = "bedrock-mantle.eu-central-1.api.aws"

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{host}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, home, "roots.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})))

	bedrock := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		info, err := bedrocktoken.Inspect(token)
		fmt.Fprintf(w, "%s %s%s for %s in %s, %v\n", r.Method, r.Host, r.URL, info.AccessKeyID, info.Region, err)
		io.Copy(w, r.Body)
	}))
	bedrock.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	bedrock.StartTLS()
	defer bedrock.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil || r.Method != http.MethodConnect {
			t.Error(r.Method, err)
			return
		}
		defer client.Close()
		server, err := net.Dial("tcp", bedrock.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer server.Close()
		fmt.Fprint(client, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(server, buffered)
		io.Copy(client, server)
	}))
	defer proxy.Close()

	program := filepath.Join(home, "chat")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./examples/chat").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY="+secret,
		"AWS_REGION=eu-central-1", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=", "SSL_CERT_FILE="+filepath.Join(home, "roots.pem"))
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err = command.Run()
	want := "POST " + host + "/v1/chat/completions for " + accessKey + " in eu-central-1, <nil>\n" + `{"model": "openai.gpt-oss-120b"`
	if err != nil || !strings.HasPrefix(stdout.String(), want) {
		t.Errorf("%v\n%s%s\nwant %s", err, &stdout, &stderr, want)
	}
}
