// A certified OpenID provider on loopback; its own development pages take any name as a login.
import Provider from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'exchange',
    client_secret: 'a secret: with + signs / that need quoting',
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  scopes: ['openid', 'email', 'profile', 'groups'],
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, name: `Name of ${id}`, email: `${id}@north.example`, email_verified: true,
      groups: id === 'ada' ? ['north-stewards'] : [],
    }),
  }),
  cookies: { keys: ['of this test alone'] },
  pkce: { required: () => true },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
