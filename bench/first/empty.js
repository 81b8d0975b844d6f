export default {
  /** @param {Request} request */
  async fetch(request) {
    return Response.json(await request.json());
  },
};
