// The reference at /api/docs, made in the browser from the contract.
SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null, // never ask another host
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
