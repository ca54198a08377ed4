import { config } from 'zod';

// Schemas are compiled with `new Function` otherwise, which the page's content policy refuses. To be imported before any schema.
config({ jitless: true });
