// Reads the secret named on the command line as an application does that knows nothing of the server:
// with the SDK's default configuration. Prints the value, and who it was that read it.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	ctx := context.Background()
	found, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	secret, err := secretsmanager.NewFromConfig(found).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(os.Args[1]),
	})
	if err != nil {
		log.Fatal(err)
	}
	caller, err := sts.NewFromConfig(found).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*secret.SecretString, *caller.Arn)
}
