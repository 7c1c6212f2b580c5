import { Body, Controller, Get, Param, Post } from '@nestjs/common';

@Controller('letters')
export class LettersController {
  @Post()
  create(@Body() letter: object): object {
    return { id: 1, ...letter };
  }

  @Get(':id')
  find(@Param('id') id: string): object {
    return { id };
  }
}
