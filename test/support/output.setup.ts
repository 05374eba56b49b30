// What functions write to the output belongs to the test that called them: through the console the test
// runner can tell whose it is, and shows it where that test fails.
process.stdout.write = (chunk: string | Uint8Array) => {
  console.log(String(chunk).trimEnd());
  return true;
};

// The log goes to the file of the output, not to the stream.
const fs = process.getBuiltinModule('node:fs');
const writeSync = fs.writeSync as (file: number, data: Uint8Array, ...where: unknown[]) => number;
Object.assign(fs, {
  writeSync: (file: number, data: Uint8Array, ...where: unknown[]) => {
    if (file !== 1) {
      return writeSync(file, data, ...where);
    }
    process.stdout.write(data);
    return data.length;
  },
});
