/** Is never healthy. */
export class HealthRaises {
  healthStatus() {
    throw new Error('model is sick');
  }
}
