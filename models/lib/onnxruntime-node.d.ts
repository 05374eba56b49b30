// The types come from onnxruntime-common, which is installed without the 290 MB of the package itself.
declare module 'onnxruntime-node' {
  export * from 'onnxruntime-common';
}
