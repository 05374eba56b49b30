import { SeldonError } from 'seldon-lambda';

const BUSY = { status: 503, headers: { 'retry-after': '7' } };

/** Cannot be loaded now. */
export class Busy {
  load() {
    throw new SeldonError('BUSY', 'come back later', BUSY);
  }
}

/** Can be loaded, but is not healthy, and says so in its own words. */
export class Unwell {
  predict() {
    throw new SeldonError('BUSY', 'come back later', BUSY);
  }

  healthStatus() {
    throw new SeldonError('BUSY', 'come back later', { ...BUSY, body: { own: 'words' } });
  }
}
