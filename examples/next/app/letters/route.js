import { setReadmeGroup } from 'readme-metrics-opentelemetry';

export async function POST(request) {
  // Whatever your authentication found out.
  setReadmeGroup({ apiKey: 'customer-17', label: 'Hedwig', email: 'hedwig@example.com' });
  const letter = await request.json();
  return Response.json({ id: 1, ...letter }, { status: 201 });
}
