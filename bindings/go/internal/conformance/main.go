package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

func answer(token string, err error) {
	var status bedrocktoken.Error
	if errors.As(err, &status) {
		fmt.Printf("%d\t%s\n", status, strings.TrimPrefix(err.Error(), "bedrocktoken: "))
		return
	}
	info, err := bedrocktoken.Inspect(token)
	if err != nil {
		panic(err)
	}
	session := 0
	if info.HasSession {
		session = 1
	}
	fmt.Printf("0\t%s\t%d\t%s\t%s\t%d\t%d\t%d\n", token, info.Service, info.AccessKeyID, info.Region, info.IssuedAt.Unix(), info.ExpiresAt.Unix(), session)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		var s [4]string
		null := false // a string is not; a session token is empty instead
		for i := range s {
			bytes, err := hex.DecodeString(strings.TrimLeft(fields[i+1], "=-"))
			if err != nil {
				panic(err)
			}
			s[i] = string(bytes)
			null = null || i != 2 && fields[i+1] == "-"
		}
		service := bedrocktoken.WithService(bedrocktoken.Service(number(fields[0])))
		expires := time.Duration(number(fields[5])) * time.Second
		if null {
			fmt.Print("-\n-\n")
			continue
		}
		credentials := bedrocktoken.Credentials{AccessKeyID: s[0], SecretAccessKey: s[1], SessionToken: s[2]}
		answer(bedrocktoken.GenerateAt(credentials, s[3], expires, time.Unix(number(fields[6]), 0), service))
		answer(bedrocktoken.Generate(credentials, s[3], expires, service))
	}
}
