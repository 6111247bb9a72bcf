// An OpenID provider for the tests: on loopback, on a port the system picks, which it prints. Any password is right.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const people = JSON.parse(process.argv[2]);
const back = process.argv[3];
const server = createServer((request, answer) => handle(request, answer));
let handle = (_request, answer) => answer.end();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "digitizer", client_secret: "a-secret-of-the-tests", redirect_uris: [back],
      post_logout_redirect_uris: [back.replace("/openid/back", "")],
    }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  });
  handle = provider.callback();
  console.log(issuer);
});
