// What functions write to the output belongs to the test that called them: through the console the test runner can tell whose it
// is, and shows it where that test fails.
process.stdout.write = (chunk: string | Uint8Array) => {
  console.log(String(chunk).trimEnd());
  return true;
};
