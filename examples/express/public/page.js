addEventListener('daypass:granted', ({ detail }) => {
  void enter(detail.accessToken);
});

async function enter(accessToken) {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accessToken }),
  });
  if (answer.ok) location.assign('/inside');
}
