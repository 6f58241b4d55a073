package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds"
)

type asks func(ctx context.Context) (string, error)

func converse(client *bedrockruntime.Client) asks {
	return func(ctx context.Context) (string, error) {
		answer, err := client.Converse(ctx, &bedrockruntime.ConverseInput{
			ModelId: aws.String("openai.gpt-oss-20b-1:0"),
			Messages: []types.Message{{
				Role:    types.ConversationRoleUser,
				Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: "Hello"}},
			}},
		})
		if err != nil {
			return "", err
		}
		message := answer.Output.(*types.ConverseOutputMemberMessage)
		return message.Value.Content[0].(*types.ContentBlockMemberText).Value, nil
	}
}

func messages(service anthropic.MessageService, model anthropic.Model) asks {
	return func(ctx context.Context) (string, error) {
		answer, err := service.New(ctx, anthropic.MessageNewParams{
			Model: model, MaxTokens: 1024,
			Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("Hello"))},
		})
		if err != nil {
			return "", err
		}
		return answer.Content[0].Text, nil
	}
}

// client makes one of the clients, and tells whether it repeats a refused request.
func client(ctx context.Context, name string, cfg aws.Config, p *bedrocktoken.Provider) (ask asks, repeats bool, err error) {
	const model = "eu.anthropic.claude-sonnet-5"
	switch name {
	case "aws":
		c, err := awsSDK(cfg, p)
		return converse(c), true, err
	case "aws-hook":
		return converse(awsSDKWithHook(cfg, p)), false, nil
	case "anthropic":
		c, err := anthropicOnBedrock(cfg, p)
		return messages(c.Messages, model), true, err
	case "anthropic-hook":
		return messages(anthropicOnBedrockWithHook(cfg, p).Messages, model), false, nil
	case "claude-platform":
		c, err := claudePlatform(ctx, "wrkspc_1", p)
		return messages(c.Messages, "claude-sonnet-5"), true, err
	}
	return nil, false, fmt.Errorf("no client %q", name)
}

// The server of tests/endpoint refuses the first request. After that comes a renewal.
func run(ctx context.Context, name string) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	service := bedrocktoken.Bedrock
	if name == "claude-platform" {
		service = bedrocktoken.ClaudePlatform
	}
	p, err := awscreds.NewFromConfig(cfg, bedrocktoken.WithService(service))
	if err != nil {
		return err
	}
	first, err := p.Token(ctx)
	if err != nil {
		return err
	}
	time.Sleep(1100 * time.Millisecond) // the next one is a token of another second
	ask, repeats, err := client(ctx, name, cfg, p)
	if err != nil {
		return err
	}
	if !repeats {
		if _, err := ask(ctx); err == nil {
			return fmt.Errorf("not refused")
		}
		p.Invalidate(first)
	}
	for range 2 {
		answer, err := ask(ctx)
		if err != nil {
			return err
		}
		fmt.Println(answer)
		p.Invalidate("")
		time.Sleep(1100 * time.Millisecond)
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
