declare module 'virtual:sample-pictures' {
  const addresses: readonly string[];
  export default addresses;
}
