import 'reflect-metadata';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FileInterceptor, type NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';
import { describe, expect, it } from 'vitest';
import { setReadmeGroup } from '../../../src/index';
import { type Application, useBench } from '../../support/bench';
import { chunks, OWLBERT } from '../../support/plain-app';
import { itIsSeenThrough, itIsSeenThroughPipelining } from '../../support/scenarios';

@Injectable()
class Owls {
  greet(name: string): { said: string } {
    return { said: `${name} says hello` };
  }
}

@Controller()
class AppController {
  // No constructor injection: the tests are compiled without type metadata.
  @Inject(Owls) private readonly owls!: Owls;

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Post('form')
  form(@Body() body: object): unknown {
    return { ...body };
  }

  @Post('big')
  @HttpCode(200)
  big(@Body('text') text: string): string {
    return text;
  }

  @Get('throw')
  fail(): never {
    throw new Error('on purpose');
  }

  @Get('reject')
  reject(): Promise<never> {
    return Promise.reject(new Error('on purpose'));
  }

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(chunks(), { objectMode: false }), {
      type: 'text/plain',
    });
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(createReadStream(OWLBERT), { type: 'text/plain' });
  }

  @Get('search')
  search(@Query() query: unknown): unknown {
    return query;
  }

  @Delete('thing')
  @HttpCode(204)
  remove(): void {}

  @Get('endless')
  endless(@Res() response: Response): void {
    response.write('first');
  }

  @Get('owl/:name')
  greet(@Param('name') name: string): unknown {
    return this.owls.greet(name);
  }

  @Get('forbidden')
  forbid(): never {
    throw new ForbiddenException({ reason: 'owls only' });
  }

  @Get('named')
  named(@Req() request: never): unknown {
    setReadmeGroup({ apiKey: 'chosen-in-nest', label: 'Nest' }, request);
    return {};
  }

  @Post('upload')
  @UseInterceptors(FileInterceptor('avatar'))
  upload(@UploadedFile() file: Express.Multer.File): unknown {
    return { file: file.originalname, text: file.buffer.toString() };
  }
}

@Controller('api/users')
class UsersController {
  @Get(':id/posts/:post')
  post(@Param() params: unknown): unknown {
    return params;
  }
}

@Module({ controllers: [AppController, UsersController], providers: [Owls] })
class AppModule {}

async function serveNest(): Promise<Application> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });
  app.useBodyParser('json', { limit: '2mb' });
  await app.listen(0, '127.0.0.1');
  return {
    port: Number(new URL(await app.getUrl()).port),
    close() {
      app.getHttpServer().closeAllConnections();
      return app.close();
    },
  };
}

describe('Nest 11', () => {
  const bench = useBench(serveNest);
  itIsSeenThrough(bench, {
    failure: /"message":"Internal server error"/,
    notFound: /"message":"Cannot GET \/missing\/page\?q=1"/,
    knowsRoutes: true,
    sendsFiles: true,
  });
  itIsSeenThroughPipelining(bench);

  it('logs what a controller answers with an injected service', async () => {
    const { entry } = await bench.compare({ path: '/owl/Owlbert' });
    expect(entry.response.content.text).toBe('{"said":"Owlbert says hello"}');
    expect(new URL(entry.pageref).pathname).toBe('/owl/:name');
  });

  it('logs the body of an HttpException', async () => {
    const { entry } = await bench.compare({ path: '/forbidden' });
    expect(entry.response.status).toBe(403);
    expect(entry.response.content.text).toBe('{"reason":"owls only"}');
  });

  it('logs an upload that FileInterceptor takes apart', async () => {
    const { entry } = await bench.compare({
      method: 'POST',
      path: '/upload',
      headers: { 'Content-Type': 'multipart/form-data; boundary=owl' },
      body: '--owl\r\nContent-Disposition: form-data; name="avatar"; filename="owl.txt"\r\n\r\nhoot\r\n--owl--\r\n',
    });
    expect(entry.response.content.text).toBe('{"file":"owl.txt","text":"hoot"}');
  });

  it('logs under the group that a controller names', async () => {
    const { log } = await bench.compare({ path: '/named' });
    expect(log.group).toMatchObject({ id: expect.stringMatching(/\?nest$/), label: 'Nest' });
  });
});
