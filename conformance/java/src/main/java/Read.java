import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Reads the secret named on the command line as an application does that knows nothing of the server:
 * with the SDK's default configuration. Prints the value, and who it was that read it.
 */
public class Read {
    public static void main(String[] arguments) {
        try (var secrets = SecretsManagerClient.create(); var sts = StsClient.create()) {
            var secret = secrets.getSecretValue(request -> request.secretId(arguments[0]));
            System.out.println(secret.secretString() + " " + sts.getCallerIdentity().arn());
        }
    }
}
