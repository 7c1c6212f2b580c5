import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ReadmeInstrumentation } from 'readme-metrics-opentelemetry';
import { ApiKeyGuard } from './api-key.guard';
import { LettersController } from './letters.controller';

@Module({
  controllers: [LettersController],
  providers: [{ provide: APP_GUARD, useClass: ApiKeyGuard }],
})
export class AppModule implements OnApplicationShutdown {
  readonly #readme = new ReadmeInstrumentation({ denylist: ['@credentials', '**.card'] });

  /** Called when the last request has been answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.#readme.shutdown();
  }
}
