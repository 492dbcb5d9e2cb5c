// Ends of a connection as Kubernetes makes them, where its own programs are not at hand.
//
//	ends serve  NAME ADDRESS,... CERTIFICATE KEY [CLIENTS]    an API server or a kubelet: says whom it knows a client as
//	ends dial   URL NAME [ROOTS [CERTIFICATE KEY]]            an API server that dials a kubelet; `-`: verifies nothing
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	arguments := append(os.Args[1:], make([]string, 6)...)
	run := map[string]func([]string) error{"serve": serve, "dial": dial}[arguments[0]]
	if err := run(arguments[1:]); err != nil {
		log.Fatal(err)
	}
}

// What client-go's util/cert does: everything in the file is a certificate that can be read, and there is one.
func pool(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all, found := x509.NewCertPool(), false
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" || len(block.Headers) != 0 {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all.AddCert(certificate)
		found = true
	}
	if !found {
		return nil, errors.New("data does not contain any valid RSA or ECDSA certificates")
	}
	return all, nil
}

// As k8s.io/apiserver: a certificate is requested, and whoever shows one that does not verify is nobody it knows.
func serve(arguments []string) error {
	name, addresses, clients := arguments[0], strings.Split(arguments[1], ","), (*x509.CertPool)(nil)
	pair, err := tls.LoadX509KeyPair(arguments[2], arguments[3])
	if err != nil {
		return err
	}
	settings := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	if arguments[4] != "" {
		if clients, err = pool(arguments[4]); err != nil {
			return err
		}
		settings.ClientAuth, settings.ClientCAs = tls.RequestClientCert, clients
	}
	answer := func(to http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/readyz" {
			fmt.Fprint(to, "ok")
			return
		}
		who, err := known(request.TLS, clients)
		if err != nil {
			log.Print(err)
			http.Error(to, err.Error(), http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(to, "%s knows %s", name, who)
	}
	server := &http.Server{Handler: http.HandlerFunc(answer), TLSConfig: settings}
	ended := make(chan error)
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go func() { ended <- server.ServeTLS(listener, "", "") }()
	}
	log.Print("serving")
	return <-ended
}

func known(state *tls.ConnectionState, clients *x509.CertPool) (string, error) {
	if clients == nil || len(state.PeerCertificates) == 0 {
		return "", errors.New("no certificate")
	}
	options := x509.VerifyOptions{Roots: clients, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	for _, above := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(above)
	}
	certificate := state.PeerCertificates[0]
	if _, err := certificate.Verify(options); err != nil {
		return "", err
	}
	if certificate.Subject.CommonName == "" {
		return "", errors.New("no common name")
	}
	return certificate.Subject.CommonName, nil
}

func dial(arguments []string) error {
	url, settings := arguments[0], &tls.Config{ServerName: arguments[1], MinVersion: tls.VersionTLS12}
	if arguments[2] == "-" {
		settings.InsecureSkipVerify = true
	} else {
		roots, err := pool(arguments[2])
		if err != nil {
			return err
		}
		settings.RootCAs = roots
	}
	if arguments[3] != "" {
		pair, err := tls.LoadX509KeyPair(arguments[3], arguments[4])
		if err != nil {
			return err
		}
		// As client-go: whatever authorities the server names.
		settings.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: settings}, Timeout: 5 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, text)
	}
	fmt.Printf("%s\n", text)
	return nil
}
