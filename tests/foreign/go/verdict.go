// verdict asks Go's crypto/x509 what crypto/tls would ask it, and crypto/tls itself where the leaf's key is at hand.
//
// `verdict` reads questions on standard input, one JSON object a line, and writes a line for each: `accepted`, or the error. It reads
// all before it writes. `verdict make` writes questions of its own, with keys and signatures of many kinds.
package main

import (
	"bufio"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

type question struct {
	Roots   [][]byte `json:"roots"`
	Chain   [][]byte `json:"chain"`
	Purpose string   `json:"purpose"`
	Name    string   `json:"name"`
	At      int64    `json:"at"`
	What    string   `json:"what,omitempty"`
	// The leaf's private key in PKCS #8, where a handshake is asked for.
	Key []byte `json:"key,omitempty"`
}

// A certificate that Go cannot parse is one that crypto/tls ignores in a pool and refuses from a peer.
func (q question) judge() error {
	var sent []*x509.Certificate
	for _, der := range q.Chain {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		sent = append(sent, certificate)
	}
	options := x509.VerifyOptions{
		Roots:         x509.NewCertPool(),
		Intermediates: x509.NewCertPool(),
		CurrentTime:   time.Unix(q.At, 0).UTC(),
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSName:       q.Name,
	}
	if q.Purpose == "client" {
		options.KeyUsages, options.DNSName = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, ""
	}
	for _, der := range q.Roots {
		if certificate, err := x509.ParseCertificate(der); err == nil {
			options.Roots.AddCert(certificate)
		}
	}
	for _, certificate := range sent[1:] {
		options.Intermediates.AddCert(certificate)
	}
	_, err := sent[0].Verify(options)
	return err
}

func encode(kind string, ders ...[]byte) (text []byte) {
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return
}

// The other end's own certificate, which is never looked at.
var other = func() tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"other"}}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}()

// One handshake: what the end says that judges the chain. As client-go and etcd do, the client gives its certificate whatever names
// of authorities the server sends.
func (q question) handshake() error {
	pair, err := tls.X509KeyPair(encode("CERTIFICATE", q.Chain...), encode("PRIVATE KEY", q.Key))
	if err != nil {
		return fmt.Errorf("pair: %w", err)
	}
	pool := x509.NewCertPool()
	// As PEM is read into a pool: what cannot be parsed is passed over.
	pool.AppendCertsFromPEM(encode("CERTIFICATE", q.Roots...))
	now := func() time.Time { return time.Unix(q.At, 0).UTC() }
	server := &tls.Config{Time: now, Certificates: []tls.Certificate{pair}, SessionTicketsDisabled: true}
	client := &tls.Config{Time: now, RootCAs: pool, ServerName: q.Name}
	if q.Purpose == "client" {
		server.Certificates, server.ClientCAs, server.ClientAuth = []tls.Certificate{other}, pool, tls.RequireAndVerifyClientCert
		client.InsecureSkipVerify, client.ServerName = true, "other"
		client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	near := must(net.Dial("unix", listener.Addr().String()))
	far := must(listener.Accept())
	judging, judged := tls.Client(near, client), tls.Server(far, server)
	if q.Purpose == "client" {
		judging, judged = judged, judging
	}
	go func() {
		if judged.Handshake() == nil {
			_, _ = io.Copy(io.Discard, judged)
		}
		_ = judged.NetConn().Close()
	}()
	defer judging.NetConn().Close()
	return judging.Handshake()
}

// A pipe in memory has no buffer: both ends would write and wait.
var listener = must(net.Listen("unix", "@pkiplan-verdict-"+fmt.Sprint(os.Getpid())))

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// Every kind of key signs with each of its algorithms. `GODEBUG=rsa1024min=0` lets small ones sign, too.
func kinds() (questions []question) {
	leaf := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	pkcs1 := []x509.SignatureAlgorithm{x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA1WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS}
	hashes := []x509.SignatureAlgorithm{x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512, x509.ECDSAWithSHA1}
	type kind struct {
		name       string
		key        crypto.Signer
		algorithms []x509.SignatureAlgorithm
	}
	all := []kind{{"ed25519", ed25519.NewKeyFromSeed(make([]byte, 32)), []x509.SignatureAlgorithm{x509.PureEd25519}}}
	for name, curve := range map[string]elliptic.Curve{"p224": elliptic.P224(), "p256": elliptic.P256(), "p384": elliptic.P384(), "p521": elliptic.P521()} {
		all = append(all, kind{name, must(ecdsa.GenerateKey(curve, rand.Reader)), hashes})
	}
	for _, bits := range []int{1023, 1024, 1025, 1536, 2047, 2048, 3072} {
		all = append(all, kind{fmt.Sprint("rsa", bits), must(rsa.GenerateKey(rand.Reader, bits)), pkcs1})
	}
	// Many primes are found sooner than two large ones.
	for _, bits := range []int{8192, 8193} {
		all = append(all, kind{fmt.Sprint("rsa", bits), must(rsa.GenerateMultiPrimeKey(rand.Reader, 5, bits)), pkcs1[:1]})
	}
	for _, kind := range all {
		for _, algorithm := range kind.algorithms {
			authority := &x509.Certificate{
				SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true,
				NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1900000000, 0), SignatureAlgorithm: algorithm,
			}
			below := &x509.Certificate{
				SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, DNSNames: []string{"leaf"},
				NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, SignatureAlgorithm: algorithm,
			}
			root, err := x509.CreateCertificate(rand.Reader, authority, authority, kind.key.Public(), kind.key)
			if err != nil {
				// A small RSA key has no room for a long hash.
				continue
			}
			signed := must(x509.CreateCertificate(rand.Reader, below, authority, leaf.Public(), kind.key))
			own := must(x509.CreateCertificate(rand.Reader, below, authority, kind.key.Public(), kind.key))
			broken := append([]byte{}, signed...)
			broken[len(broken)-1] ^= 1
			for what, der := range map[string][]byte{"signed": signed, "own key": own, "broken": broken} {
				name := strings.Join([]string{kind.name, algorithm.String(), what}, " ")
				questions = append(questions, question{[][]byte{root}, [][]byte{der}, "server", "leaf", 1800000000, name, nil})
			}
			secret := must(x509.MarshalPKCS8PrivateKey(kind.key))
			for _, purpose := range []string{"server", "client"} {
				name := strings.Join([]string{kind.name, algorithm.String(), "handshake"}, " ")
				questions = append(questions, question{[][]byte{root}, [][]byte{own}, purpose, "leaf", 1800000000, name, secret})
			}
		}
	}
	return
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) > 1 && os.Args[1] == "make" {
		encoder := json.NewEncoder(out)
		for _, question := range kinds() {
			_ = encoder.Encode(question)
		}
		return
	}
	var questions []question
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var question question
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		questions = append(questions, question)
	}
	for _, question := range questions {
		ask := question.judge
		if question.Key != nil {
			ask = question.handshake
		}
		if err := ask(); err != nil {
			fmt.Fprintln(out, strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Fprintln(out, "accepted")
		}
	}
}
