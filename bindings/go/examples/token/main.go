package main

import (
	"fmt"
	"log"
	"time"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

func main() {
	token, err := bedrocktoken.Generate(bedrocktoken.Credentials{
		AccessKeyID:     "AKIAIOSFODNN7EXAMPLE",
		SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	}, "eu-central-1", 2*time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
